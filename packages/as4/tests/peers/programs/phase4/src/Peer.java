import com.helger.base.debug.GlobalDebug;
import com.helger.base.io.iface.IHasInputStream;
import com.helger.collection.commons.CommonsArrayList;
import com.helger.collection.commons.ICommonsList;
import com.helger.http.header.HttpHeaderMap;
import com.helger.mime.IMimeType;
import com.helger.peppolid.factory.PeppolIdentifierFactory;
import com.helger.phase4.attachment.IAS4IncomingAttachmentFactory;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.crypto.AS4CryptoFactoryInMemoryKeyStore;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.incoming.AS4IncomingMessageMetadata;
import com.helger.phase4.incoming.AS4IncomingProfileSelectorConstant;
import com.helger.phase4.incoming.AS4IncomingReceiverConfiguration;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.AS4ServerInitializer;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.IAS4ResponseAbstraction;
import com.helger.phase4.incoming.crypto.AS4IncomingSecurityConfiguration;
import com.helger.phase4.incoming.mgr.AS4ProfileSelector;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.model.pmode.resolve.AS4DefaultPModeResolver;
import com.helger.phase4.peppol.Phase4PeppolSender;
import com.helger.servlet.mock.MockServletContext;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.web.scope.mgr.WebScoped;
import com.sun.net.httpserver.HttpServer;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * phase4 as a peer of tests: sends a document, or receives and writes what came into a folder.
 *
 * <p>send KEYSTORE SEAT RECEIVER_PEM URL FILE COUNT COMPRESS | serve KEYSTORE FOLDER. The key store
 * is a PKCS#12 with the password "peer", the key under the alias "peer" and the authorities.
 */
public final class Peer {
  private static final String PROFILE = "peppol";
  private static final char[] PASSWORD = "peer".toCharArray();
  private static final String DOCUMENT_TYPE =
      "busdox-docid-qns::urn:oasis:names:specification:ubl:schema:xsd:Invoice-2::Invoice"
          + "##urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0::2.1";
  private static final String PROCESS = "cenbii-procid-ubl::urn:example:billing:01:1.0";

  public static void main(String[] arguments) throws Exception {
    GlobalDebug.setDebugModeDirect(true);
    WebScopeManager.onGlobalBegin(MockServletContext.create());
    AS4ProfileSelector.setCustomDefaultAS4ProfileID(PROFILE);
    AS4ServerInitializer.initAS4Server();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(arguments[1]))) {
      store.load(in, PASSWORD);
    }
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    int number = 0;
    for (var certificate : store.getCertificateChain("peer")) {
      trust.setCertificateEntry("authority" + number++, certificate);
    }
    var crypto = new AS4CryptoFactoryInMemoryKeyStore(store, "peer", PASSWORD, trust);
    try (var scope = new WebScoped()) {
      if (arguments[0].equals("send")) {
        send(crypto, arguments);
      } else {
        serve(crypto, Path.of(arguments[2]));
      }
    } catch (Exception | Error error) {
      error.printStackTrace();
      System.exit(1);
    }
    // The libraries leave threads behind.
    System.exit(0);
  }

  private static void send(AS4CryptoFactoryInMemoryKeyStore crypto, String[] arguments)
      throws Exception {
    X509Certificate receiver;
    try (InputStream in = Files.newInputStream(Path.of(arguments[3]))) {
      receiver =
          (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    byte[] payload = Files.readAllBytes(Path.of(arguments[5]));
    int count = Integer.parseInt(arguments[6]);
    var identifiers = PeppolIdentifierFactory.INSTANCE;
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      var reason = new StringBuilder();
      var result =
          Phase4PeppolSender.builder()
              .cryptoFactory(crypto)
              .documentTypeID(identifiers.parseDocumentTypeIdentifier(DOCUMENT_TYPE))
              .processID(identifiers.parseProcessIdentifier(PROCESS))
              .senderParticipantID(
                  identifiers.createParticipantIdentifierWithDefaultScheme("9920:ESB12345674"))
              .receiverParticipantID(
                  identifiers.createParticipantIdentifierWithDefaultScheme("9915:test"))
              .senderPartyID(arguments[2])
              .countryC1("ES")
              .payload(payload)
              .compressPayload(Boolean.parseBoolean(arguments[7]))
              .checkReceiverAPCertificate(false)
              .disableValidation()
              .receiverEndpointDetails(receiver, arguments[4])
              .signalMsgConsumer(
                  (message, metadata, state) -> {
                    for (var error : message.getError()) {
                      reason.append(error.getErrorCode()).append(' ');
                      reason.append(error.getErrorDetail()).append(' ');
                    }
                  })
              .sendMessageAndCheckForReceipt(error -> reason.append(error.getMessage()));
      System.out.println("sent " + result + " " + reason.toString().replace('\n', ' '));
    }
    System.out.println("milliseconds " + (System.nanoTime() - begun) / 1_000_000);
  }

  private static void serve(AS4CryptoFactoryInMemoryKeyStore crypto, Path folder)
      throws Exception {
    var inbox = new Inbox(folder);
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 100);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext(
        "/as4",
        exchange -> {
          var reply = new Reply();
          try (var scope = new WebScoped()) {
            var headers = new HttpHeaderMap();
            exchange.getRequestHeaders().forEach((k, v) -> v.forEach(x -> headers.addHeader(k, x)));
            var metadata = AS4IncomingMessageMetadata.createForRequest();
            try (var handler = new AS4RequestHandler(metadata)) {
              handler.setCryptoFactory(crypto);
              handler.setPModeResolver(new AS4DefaultPModeResolver(PROFILE));
              handler.setIncomingAttachmentFactory(IAS4IncomingAttachmentFactory.DEFAULT_INSTANCE);
              handler.setIncomingSecurityConfiguration(
                  AS4IncomingSecurityConfiguration.createDefaultInstance());
              handler.setIncomingReceiverConfiguration(new AS4IncomingReceiverConfiguration());
              handler.setIncomingProfileSelector(
                  new AS4IncomingProfileSelectorConstant(PROFILE, true));
              handler.setProcessorSupplier(() -> new CommonsArrayList<>(inbox));
              var in = new java.io.BufferedInputStream(exchange.getRequestBody(), 1 << 16);
              handler.handleRequest(in, headers, reply);
            }
          } catch (Exception error) {
            error.printStackTrace();
            reply.status = 500;
          }
          if (reply.type != null) {
            exchange.getResponseHeaders().add("Content-Type", reply.type);
          }
          exchange.sendResponseHeaders(reply.status, reply.body.length == 0 ? -1 : reply.body.length);
          exchange.getResponseBody().write(reply.body);
          exchange.close();
        });
    server.start();
    System.out.println("listening " + server.getAddress().getPort());
    System.out.flush();
    while (System.in.read() >= 0) {
      // Goes on until whoever started it closes its input.
    }
  }

  /** Keeps what phase4 answers. */
  private static final class Reply implements IAS4ResponseAbstraction {
    int status = 204;
    String type;
    byte[] body = new byte[0];

    @Override
    public void setContent(byte[] bytes, Charset charset) {
      body = bytes;
      status = 200;
    }

    @Override
    public void setContent(HttpHeaderMap headers, IHasInputStream provider) {
      try (InputStream in = provider.getInputStream()) {
        body = in.readAllBytes();
        status = 200;
      } catch (java.io.IOException error) {
        throw new java.io.UncheckedIOException(error);
      }
    }

    @Override
    public void setMimeType(IMimeType mimeType) {
      type = mimeType.getAsString();
    }

    @Override
    public void setStatus(int code) {
      status = code;
    }
  }

  /** Writes each payload into a file. */
  private static final class Inbox implements IAS4IncomingMessageProcessorSPI {
    private final Path folder;
    private final AtomicInteger count = new AtomicInteger();

    Inbox(Path folder) {
      this.folder = folder;
    }

    @Override
    public AS4MessageProcessorResult processAS4UserMessage(
        IAS4IncomingMessageMetadata metadata,
        HttpHeaderMap headers,
        Ebms3UserMessage message,
        IPMode mode,
        org.w3c.dom.Node payload,
        ICommonsList<WSS4JAttachment> attachments,
        IAS4IncomingMessageState state,
        AS4ErrorList errors) {
      for (var attachment : attachments) {
        Path file = folder.resolve(count.incrementAndGet() + ".part");
        try (InputStream in = attachment.getSourceStream()) {
          Files.copy(in, file);
          Files.move(file, folder.resolve(file.getFileName() + ".done"));
        } catch (java.io.IOException error) {
          return AS4MessageProcessorResult.createFailure();
        }
      }
      return AS4MessageProcessorResult.createSuccess();
    }

    @Override
    public AS4SignalMessageProcessorResult processAS4SignalMessage(
        IAS4IncomingMessageMetadata metadata,
        HttpHeaderMap headers,
        Ebms3SignalMessage message,
        IPMode mode,
        IAS4IncomingMessageState state,
        AS4ErrorList errors) {
      return AS4SignalMessageProcessorResult.createSuccess();
    }

    @Override
    public void processAS4ResponseMessage(
        IAS4IncomingMessageMetadata metadata,
        IAS4IncomingMessageState state,
        String messageId,
        byte[] response,
        boolean available,
        AS4ErrorList errors) {
      // Nothing to do with it.
    }
  }
}
