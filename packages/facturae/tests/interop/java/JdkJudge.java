import java.io.File;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import javax.xml.crypto.AlgorithmMethod;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.KeySelectorException;
import javax.xml.crypto.KeySelectorResult;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.keyinfo.KeyInfo;
import javax.xml.crypto.dsig.keyinfo.X509Data;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Says of each document named in the arguments whether its one signature holds for the JDK. */
public final class JdkJudge {
    private static final String DSIG = XMLSignature.XMLNS;

    public static void main(String[] arguments) throws Exception {
        boolean secure = !arguments[0].equals("--old");
        for (int i = secure ? 0 : 1; i < arguments.length; i++) {
            String verdict;
            try {
                verdict = holds(new File(arguments[i]), secure) ? "holds" : "broken";
            } catch (Exception error) {
                verdict = "refused " + error.getClass().getSimpleName();
            }
            System.out.println(verdict);
        }
    }

    private static boolean holds(File file, boolean secure) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(file);
        NodeList found = document.getElementsByTagNameNS(DSIG, "Signature");
        if (found.getLength() != 1) {
            throw new IllegalArgumentException("not one signature");
        }
        NodeList all = document.getElementsByTagNameNS("*", "*");
        DOMValidateContext context = new DOMValidateContext(new FromCertificate(), found.item(0));
        context.setProperty("org.jcp.xml.dsig.secureValidation", secure);
        for (int i = 0; i < all.getLength(); i++) {
            Element element = (Element) all.item(i);
            if (element.hasAttributeNS(null, "Id")) {
                context.setIdAttributeNS(element, null, "Id");
            }
        }
        XMLSignature signature = XMLSignatureFactory.getInstance("DOM").unmarshalXMLSignature(context);
        return signature.validate(context);
    }

    /** The key of the first certificate in KeyInfo. */
    private static final class FromCertificate extends KeySelector {
        @Override
        public KeySelectorResult select(
                KeyInfo info, Purpose purpose, AlgorithmMethod method, XMLCryptoContext context)
                throws KeySelectorException {
            for (Object part : info == null ? java.util.List.of() : info.getContent()) {
                if (part instanceof X509Data data) {
                    for (Object content : data.getContent()) {
                        if (content instanceof X509Certificate certificate) {
                            PublicKey key = certificate.getPublicKey();
                            return () -> key;
                        }
                    }
                }
            }
            throw new KeySelectorException("no certificate");
        }
    }
}
