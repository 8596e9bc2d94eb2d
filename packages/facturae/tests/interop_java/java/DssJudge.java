import eu.europa.esig.dss.diagnostic.DiagnosticData;
import eu.europa.esig.dss.diagnostic.SignatureWrapper;
import eu.europa.esig.dss.diagnostic.TimestampWrapper;
import eu.europa.esig.dss.enumerations.DigestAlgorithm;
import eu.europa.esig.dss.enumerations.SignatureLevel;
import eu.europa.esig.dss.enumerations.SignaturePackaging;
import eu.europa.esig.dss.model.DSSDocument;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.model.Policy;
import eu.europa.esig.dss.model.SignatureValue;
import eu.europa.esig.dss.model.ToBeSigned;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.token.DSSPrivateKeyEntry;
import eu.europa.esig.dss.token.Pkcs12SignatureToken;
import eu.europa.esig.dss.validation.SignedDocumentValidator;
import eu.europa.esig.dss.xades.XAdESSignatureParameters;
import eu.europa.esig.dss.xades.reference.CanonicalizationTransform;
import eu.europa.esig.dss.xades.reference.DSSReference;
import eu.europa.esig.dss.xades.reference.EnvelopedSignatureTransform;
import eu.europa.esig.dss.xades.signature.XAdESService;
import java.io.File;
import java.security.KeyStore.PasswordProtection;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import javax.xml.crypto.dsig.CanonicalizationMethod;

/**
 * Verifies and signs with EU DSS.
 *
 * <pre>
 * DssJudge verify ROOT.pem EPOCH_MS FILE...                   one line of facts for each file
 * DssJudge sign FILE OUT KEY.p12 PASSWORD POLICY DIGEST ROLE EPOCH_MS HASH FORM
 * </pre>
 */
public final class DssJudge {
    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals("verify")) {
            for (int i = 3; i < arguments.length; i++) {
                String line;
                try {
                    line = verify(arguments[1], Long.parseLong(arguments[2]), new File(arguments[i]));
                } catch (RuntimeException error) {
                    line = "refused=" + error.getClass().getSimpleName();
                }
                System.out.println(line);
            }
        } else {
            sign(arguments);
        }
    }

    private static String verify(String root, long at, File file) {
        CommonTrustedCertificateSource trusted = new CommonTrustedCertificateSource();
        trusted.addCertificate(DSSUtils.loadCertificate(new File(root)));
        CommonCertificateVerifier verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trusted);
        SignedDocumentValidator validator =
                SignedDocumentValidator.fromDocument(new FileDocument(file));
        validator.setCertificateVerifier(verifier);
        validator.setValidationTime(new Date(at));
        DiagnosticData data = validator.validateDocument().getDiagnosticData();
        List<SignatureWrapper> signatures = data.getSignatures();
        StringBuilder facts = new StringBuilder("signatures=" + signatures.size());
        for (SignatureWrapper signature : signatures) {
            facts.append(" format=").append(signature.getSignatureFormat());
            facts.append(" intact=").append(signature.isSignatureIntact());
            facts.append(" valid=").append(signature.isSignatureValid());
            facts.append(" bound=").append(signature.isSigningCertificateIdentified()
                    && signature.isSigningCertificateReferencePresent());
            facts.append(" trusted=").append(signature.isTrustedChain());
            facts.append(" policy=").append(signature.getPolicyId());
            facts.append(" roles=").append(signature.getSignerRoles().size());
            facts.append(" countersigns=").append(signature.isCounterSignature());
            for (TimestampWrapper timestamp : signature.getTimestampList()) {
                facts.append(" timestamp=").append(timestamp.isMessageImprintDataIntact()
                        && timestamp.isSignatureIntact() && timestamp.isSignatureValid());
            }
        }
        return facts.toString();
    }

    private static void sign(String[] arguments) throws Exception {
        DSSDocument document = new FileDocument(arguments[1]);
        PasswordProtection password = new PasswordProtection(arguments[4].toCharArray());
        try (Pkcs12SignatureToken token = new Pkcs12SignatureToken(arguments[3], password)) {
            DSSPrivateKeyEntry key = token.getKeys().get(0);
            Policy policy = new Policy();
            policy.setId(arguments[5]);
            policy.setDigestAlgorithm(DigestAlgorithm.SHA1);
            policy.setDigestValue(Base64.getDecoder().decode(arguments[6]));
            XAdESSignatureParameters parameters = new XAdESSignatureParameters();
            parameters.setSignatureLevel(SignatureLevel.XAdES_BASELINE_B);
            parameters.setSignaturePackaging(SignaturePackaging.ENVELOPED);
            parameters.setDigestAlgorithm(DigestAlgorithm.valueOf(arguments[9]));
            parameters.setEn319132(false);
            parameters.setSignKeyInfo(true);
            parameters.setSigningCertificate(key.getCertificate());
            parameters.setCertificateChain(key.getCertificateChain());
            parameters.bLevel().setSignaturePolicy(policy);
            parameters.bLevel().setSigningDate(new Date(Long.parseLong(arguments[8])));
            if (!arguments[7].isEmpty()) {
                parameters.bLevel().setClaimedSignerRoles(List.of(arguments[7]));
            }
            if (arguments[10].equals("enveloped")) {
                DSSReference whole = new DSSReference();
                whole.setId("whole");
                whole.setUri("");
                whole.setContents(document);
                whole.setDigestMethodAlgorithm(parameters.getDigestAlgorithm());
                whole.setTransforms(List.of(
                        new EnvelopedSignatureTransform(),
                        new CanonicalizationTransform(CanonicalizationMethod.INCLUSIVE)));
                parameters.setReferences(List.of(whole));
            }
            XAdESService service = new XAdESService(new CommonCertificateVerifier());
            ToBeSigned octets = service.getDataToSign(document, parameters);
            SignatureValue value = token.sign(octets, parameters.getDigestAlgorithm(), key);
            service.signDocument(document, parameters, value).save(arguments[2]);
        }
    }
}
