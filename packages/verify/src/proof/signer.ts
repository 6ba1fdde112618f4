import type { IdentityKind } from "../certificates/signer-identity.ts";

/** Who signed: proven, and not yet compared with anyone's wish. */
export type Signer =
  | {
      readonly kind: "certificate";
      readonly identity: string;
      readonly identityKind: IdentityKind;
      readonly issuer: string;
    }
  | { readonly kind: "key"; readonly keyHint: string };
