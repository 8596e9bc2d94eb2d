import com.helger.base.debug.GlobalDebug;
import com.helger.peppol.smp.ESMPTransportProfile;
import com.helger.peppolid.factory.PeppolIdentifierFactory;
import com.helger.servlet.mock.MockServletContext;
import com.helger.smpclient.bdxr2.BDXR2ClientReadOnly;
import com.helger.smpclient.peppol.SMPClientReadOnly;
import com.helger.web.scope.mgr.WebScopeManager;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;

/**
 * The clients of phoss for metadata publishers as peers of tests: they ask ours, check its
 * signature, and say which access point they found.
 *
 * <p>KEYSTORE VERSION BASE PARTICIPANT DOCUMENT_TYPE PROCESS. The key store is a PKCS#12 with the
 * password "peer"; the certificates above its key are trusted.
 */
public final class Lookup {
  public static void main(String[] arguments) throws Exception {
    GlobalDebug.setDebugModeDirect(true);
    WebScopeManager.onGlobalBegin(MockServletContext.create());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(arguments[0]))) {
      store.load(in, "peer".toCharArray());
    }
    KeyStore trust = KeyStore.getInstance("PKCS12");
    trust.load(null, null);
    var chain = store.getCertificateChain("peer");
    for (int i = 1; i < chain.length; i++) {
      trust.setCertificateEntry("authority" + i, chain[i]);
    }
    var identifiers = PeppolIdentifierFactory.INSTANCE;
    var participant = identifiers.parseParticipantIdentifier(arguments[3]);
    var documentType = identifiers.parseDocumentTypeIdentifier(arguments[4]);
    var process = identifiers.parseProcessIdentifier(arguments[5]);
    var transport = ESMPTransportProfile.TRANSPORT_PROFILE_PEPPOL_AS4_V2;
    String address;
    X509Certificate certificate;
    int documents;
    if (arguments[1].equals("1")) {
      var client = new SMPClientReadOnly(URI.create(arguments[2])).setTrustStore(trust);
      documents =
          client
              .getServiceGroup(participant)
              .getServiceMetadataReferenceCollection()
              .getServiceMetadataReference()
              .size();
      var found = client.getServiceMetadata(participant, documentType, null);
      var endpoint = SMPClientReadOnly.getEndpoint(found, process, transport);
      address = SMPClientReadOnly.getEndpointAddress(endpoint);
      certificate = SMPClientReadOnly.getEndpointCertificate(endpoint);
    } else {
      var client = new BDXR2ClientReadOnly(URI.create(arguments[2])).setTrustStore(trust);
      documents = client.getServiceGroup(participant).getServiceReference().size();
      var found = client.getServiceMetadata(participant, documentType, null);
      var endpoint = BDXR2ClientReadOnly.getEndpoint(found, process, transport);
      address = BDXR2ClientReadOnly.getEndpointAddress(endpoint);
      certificate = BDXR2ClientReadOnly.getEndpointCertificate(endpoint);
    }
    System.out.println(
        "found " + address + " " + certificate.getSerialNumber() + " " + documents);
    System.exit(0);
  }
}
