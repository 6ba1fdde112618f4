import type { KeyPairKeyObjectResult } from "node:crypto";
import { alternativeNames, basicConstraints, certificate, der, dns, keyPair, name } from "@policy-pack/testkit";
import type { TlsIdentity } from "./fake-server.ts";

/** A server's key with a certificate of its own for the loopback address, which nobody trusts unless told to. */
export function selfSigned(): TlsIdentity {
  const key = keyPair();
  const base64 = certificateOf(key).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: key.privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  };
}

/** A P-256 key's certificate by itself, DER. */
export function certificateOf(key: KeyPairKeyObjectResult): Buffer {
  const now = Date.now();
  const loopback = [dns("localhost"), der(0x87, Buffer.from([127, 0, 0, 1]))];
  return certificate({
    subject: name("fake key service"),
    issuer: name("fake key service"),
    key,
    issuerKey: key,
    notBefore: now - 3_600_000,
    notAfter: now + 3_600_000,
    extensions: [basicConstraints(true), alternativeNames(...loopback)],
  });
}
