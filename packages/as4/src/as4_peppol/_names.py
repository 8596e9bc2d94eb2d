"""Names of the namespaces, algorithms and token types on the wire.

Source: OASIS ebMS 3.0 core, ebBP signals 2.0, WS-Security 1.1.1 with its X.509 and SwA profiles,
W3C XML Encryption 1.1.
"""

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/"
EBBP = "http://docs.oasis-open.org/ebxml-bp/ebbp-signals-2.0"
DS = "http://www.w3.org/2000/09/xmldsig#"
XENC = "http://www.w3.org/2001/04/xmlenc#"
XENC_11 = "http://www.w3.org/2009/xmlenc11#"
XML = "http://www.w3.org/XML/1998/namespace"

_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_WSS}wssecurity-secext-1.0.xsd"
WSU = f"{_WSS}wssecurity-utility-1.0.xsd"
WSSE_11 = "http://docs.oasis-open.org/wss/oasis-wss-wssecurity-secext-1.1.xsd"
X509_V3 = f"{_WSS}x509-token-profile-1.0#X509v3"
SUBJECT_KEY_ID = f"{_WSS}x509-token-profile-1.0#X509SubjectKeyIdentifier"
THUMBPRINT = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#ThumbprintSHA1"
BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"
ENCRYPTED_KEY = "http://docs.oasis-open.org/wss/oasis-wss-soap-message-security-1.1#EncryptedKey"

_SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#"
ATTACHMENT_SIGNATURE = f"{_SWA}Attachment-Content-Signature-Transform"
ATTACHMENT_CIPHERTEXT = f"{_SWA}Attachment-Ciphertext-Transform"
ATTACHMENT_CONTENT = f"{_SWA}Attachment-Content-Only"

DEFAULT_MPC = f"{EB}defaultMPC"
TEST_SERVICE = f"{EB}service"
TEST_ACTION = f"{EB}test"
INITIATOR = f"{EB}initiator"
RESPONDER = f"{EB}responder"
GZIP = "application/gzip"
