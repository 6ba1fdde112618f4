import type { Builtin, BuiltinFamily } from "../builtin.ts";
import { stringOperand } from "../operands.ts";
import type { Hash } from "../x509/signature.ts";
import type { PublicKeyScheme } from "./algorithms.ts";
import { decodeVerify } from "./decode-verify.ts";
import { decodeToken } from "./decode.ts";
import { encodeSign, encodeSignRaw } from "./encode-sign.ts";
import { keysIn } from "./key-cache.ts";
import { decodeHeader, decodeSignature, readHeader, splitToken } from "./token.ts";
import { verifiesAs, verifiesMac } from "./verify.ts";

/** The header's algorithm is not looked at, but where keys name one it must be the same. */
function verifyByKeys(scheme: PublicKeyScheme): Builtin {
  return (operands, context) => {
    const token = splitToken(operands[0]);
    const keys = keysIn(context, stringOperand(operands, 2));
    const signature = decodeSignature(token);
    const { alg, kid } = readHeader(decodeHeader(token));
    const named = kid === "" ? undefined : keys.find((key) => key.kid === kid);
    if (named !== undefined) return verifiesAs(scheme, named, token.signed, signature);
    return keys.some((key) => (key.alg === "" || key.alg === alg) && verifiesAs(scheme, key, token.signed, signature));
  };
}

/** The header is not even decoded. */
function verifyBySecret(hash: Hash): Builtin {
  return (operands) => {
    const text = stringOperand(operands, 1);
    const secret = stringOperand(operands, 2);
    const token = splitToken(text);
    return verifiesMac(hash, secret, token.signed, decodeSignature(token));
  };
}

/** JSON Web Tokens, read, verified and signed as by the library that OPA uses. */
export const JWT_BUILTINS: BuiltinFamily = {
  "io.jwt.decode": (operands) => decodeToken(operands[0]),
  "io.jwt.decode_verify": decodeVerify,
  "io.jwt.encode_sign": encodeSign,
  "io.jwt.encode_sign_raw": encodeSignRaw,
  "io.jwt.verify_eddsa": verifyByKeys({ family: "eddsa" }),
  "io.jwt.verify_es256": verifyByKeys({ family: "ecdsa", hash: "sha256" }),
  "io.jwt.verify_es384": verifyByKeys({ family: "ecdsa", hash: "sha384" }),
  "io.jwt.verify_es512": verifyByKeys({ family: "ecdsa", hash: "sha512" }),
  "io.jwt.verify_hs256": verifyBySecret("sha256"),
  "io.jwt.verify_hs384": verifyBySecret("sha384"),
  "io.jwt.verify_hs512": verifyBySecret("sha512"),
  "io.jwt.verify_ps256": verifyByKeys({ family: "pss", hash: "sha256" }),
  "io.jwt.verify_ps384": verifyByKeys({ family: "pss", hash: "sha384" }),
  "io.jwt.verify_ps512": verifyByKeys({ family: "pss", hash: "sha512" }),
  "io.jwt.verify_rs256": verifyByKeys({ family: "pkcs1", hash: "sha256" }),
  "io.jwt.verify_rs384": verifyByKeys({ family: "pkcs1", hash: "sha384" }),
  "io.jwt.verify_rs512": verifyByKeys({ family: "pkcs1", hash: "sha512" }),
};
