import { createPrivateKey, X509Certificate } from "node:crypto";

import type { TlsTask } from "../../capabilities/io-messages.ts";
import { internalFailure } from "./failure.ts";
import { looseBooleanField, textField } from "./fields.ts";
import type { Fields } from "./fields.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/**
 * The `tls_*` fields. A `Host` header stands in for the server's name, as in OPA.
 *
 * @throws HttpFailure for a certificate without its key, a pair that does not fit, or no usable root
 */
export function readTls(fields: Fields, hostHeader: string | undefined): TlsTask {
  const [certificate, key] = [textField(fields, "tls_client_cert"), textField(fields, "tls_client_key")];
  const hasPair = certificate !== "" && key !== "";
  if (hasPair) checkPair(certificate, key);
  const serverName = textField(fields, "tls_server_name") || (hostHeader ?? "");
  return {
    trusted: readRoots(textField(fields, "tls_ca_cert").replaceAll("\\n", "\n")),
    trustsSystem: looseBooleanField(fields, "tls_use_system_certs"),
    ...(hasPair ? { certificate, key } : {}),
    ...(serverName === "" ? {} : { serverName }),
    verifies: !looseBooleanField(fields, "tls_insecure_skip_verify"),
  };
}

/** Those that parse; one at least, where any are given. */
function readRoots(pem: string): readonly string[] {
  if (pem === "") return [];
  const roots = (pem.match(CERTIFICATE) ?? []).filter(isCertificate);
  if (roots.length === 0) throw internalFailure("could not append certificates");
  return roots;
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

function checkPair(certificate: string, key: string): void {
  if (!fits(certificate, key)) throw internalFailure("tls: the client certificate and the private key are no pair");
}

function fits(certificate: string, key: string): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
