export { startHttpServer } from "./http-server.ts";
export type { SeenRequest, TestHttpServer } from "./http-server.ts";
export { createTestAuthority } from "./test-authority.ts";
export type { TestAuthority, TestSigningOptions } from "./test-authority.ts";
export { compilePack, findTestOpa } from "./compile-pack.ts";
export type { CompiledPack, CompileOptions } from "./compile-pack.ts";
export { createTempDir, withTempDir } from "./temp-dir.ts";
export type { TempDir } from "./temp-dir.ts";
