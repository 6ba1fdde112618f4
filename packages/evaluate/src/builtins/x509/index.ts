import type { RegoValue } from "../../values/values.ts";
import { BuiltinError } from "../builtin.ts";
import type { BuiltinFamily } from "../builtin.ts";
import { decodeBase64, STANDARD_BASE64 } from "../encoding/go-base64.ts";
import { objectOperand, stringOperand } from "../operands.ts";
import { printCertificate, printExtendedCertificate } from "./certificate-json.ts";
import { readCertificates } from "./certificate-text.ts";
import type { Certificate } from "./certificate.ts";
import { readChainOptions } from "./chain-options.ts";
import { findChain } from "./chain.ts";
import type { ChainOptions } from "./chain.ts";
import { printKeyPair } from "./key-pair.ts";
import { PemReader } from "./pem.ts";
import { printJwk, printPrivateKey } from "./private-key-json.ts";
import { readPrivateKeys } from "./private-key-text.ts";
import { printRequest } from "./request.ts";

/** Undefined instead of certificates that do not parse. */
function certificatesOf(text: string): Certificate[] | undefined {
  try {
    return readCertificates(text);
  } catch (thrown) {
    if (thrown instanceof BuiltinError) return undefined;
    throw thrown;
  }
}

/** The first certificate is the root, the last the leaf, those between may be on the way. */
function chainOf(certificates: readonly Certificate[], options: ChainOptions): readonly Certificate[] | undefined {
  const [root, leaf] = [certificates.at(0), certificates.at(-1)];
  if (root === undefined || leaf === undefined || certificates.length < 2) return undefined;
  return findChain({ root, intermediates: certificates.slice(1, -1), leaf }, options);
}

function printResult(
  chain: readonly Certificate[] | undefined,
  print: (certificate: Certificate) => RegoValue,
): RegoValue {
  return chain === undefined ? [false, []] : [true, chain.map(print)];
}

function requestOf(text: string): RegoValue {
  const isPem = text.startsWith("-----BEGIN CERTIFICATE REQUEST-----");
  const bytes = isPem ? Buffer.from(text, "utf8") : decodeBase64(text, STANDARD_BASE64);
  const block = new PemReader(bytes).next();
  if (block !== undefined && block.type !== "CERTIFICATE REQUEST") {
    throw new BuiltinError("invalid PEM-encoded certificate signing request");
  }
  return printRequest(block?.bytes ?? bytes);
}

function firstKeyOf(text: string): RegoValue {
  if (text === "") throw new BuiltinError("input PEM data was empty");
  const [key] = readPrivateKeys(text.startsWith("-----BEGIN") ? text : decodeBase64(text, STANDARD_BASE64));
  return key === undefined ? null : printJwk(key);
}

/** Certificates, requests and private keys, read and verified as Go's crypto/x509 does it. */
export const X509_BUILTINS: BuiltinFamily = {
  "crypto.parse_private_keys": (operands) => {
    const text = stringOperand(operands, 1);
    return text === "" ? null : readPrivateKeys(text).map(printPrivateKey);
  },
  "crypto.x509.parse_and_verify_certificates": (operands, context) => {
    const certificates = certificatesOf(stringOperand(operands, 1));
    const options = { time: context.now(), dnsName: "", keyUsages: [] };
    return printResult(chainOf(certificates ?? [], options), printExtendedCertificate);
  },
  "crypto.x509.parse_and_verify_certificates_with_options": (operands, context) => {
    const text = stringOperand(operands, 1);
    const options = objectOperand(operands, 2);
    const certificates = certificatesOf(text);
    if (certificates === undefined) return [false, []];
    return printResult(chainOf(certificates, readChainOptions(options, context.now())), printCertificate);
  },
  "crypto.x509.parse_certificate_request": (operands) => requestOf(stringOperand(operands, 1)),
  "crypto.x509.parse_certificates": (operands) =>
    readCertificates(stringOperand(operands, 1)).map(printExtendedCertificate),
  "crypto.x509.parse_keypair": (operands) => printKeyPair(stringOperand(operands, 1), stringOperand(operands, 2)),
  "crypto.x509.parse_rsa_private_key": (operands) => firstKeyOf(stringOperand(operands, 1)),
};
