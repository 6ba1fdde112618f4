import { FormatError, messageOf, PolicyPackError, TrustError, VerificationError } from "@policy-pack/pack";

/**
 * What the TUF client throws, as one of our errors. It wraps most of its errors into text, so the text is what tells them
 * apart; what matches nothing is malformed metadata, which is refused just as well.
 * @param failure why a download failed, if one did: that is the cause then
 */
export function toTufError(thrown: unknown, failure: PolicyPackError | undefined, mirror: URL): PolicyPackError {
  if (failure !== undefined) return failure;
  const own: PolicyPackError | undefined = thrown instanceof PolicyPackError ? thrown : undefined;
  if (own !== undefined) return own;
  const said = messageOf(thrown);
  const where = `The TUF repository ${mirror.href}`;
  const options = { cause: thrown };
  if (said.includes("is expired")) {
    const message = `${where} gives expired metadata (${said}); use another mirror, or ask its operator.`;
    return new TrustError("METADATA_EXPIRED", message, options);
  }
  if (
    /less than current version|Expected version|does not match snapshot version|doesn't match timestamp|in new snapshot/.test(
      said,
    )
  ) {
    const message = `${where} gives older metadata than was seen before (${said}); somebody may be withholding the new.`;
    return new TrustError("METADATA_ROLLBACK", message, options);
  }
  if (/was signed by \d+\/\d+ keys/.test(said)) {
    const message = `${where} gives metadata that its keys did not sign (${said}); check the mirror and the root.`;
    return new VerificationError("SIGNATURE_INVALID", message, options);
  }
  if (/Expected (length|hash)/.test(said)) {
    const message = `${where} gives other bytes than its metadata names (${said}); use another mirror.`;
    return new VerificationError("DIGEST_MISMATCH", message, options);
  }
  return new FormatError("METADATA_INVALID", `${where} gives metadata that cannot be read: ${said}.`, options);
}
