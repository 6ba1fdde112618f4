export { startHttpServer } from "./http-server.ts";
export type { SeenRequest, TestHttpServer } from "./http-server.ts";
export { createTestAuthority } from "./test-authority.ts";
export type { TestAuthority, TestSigningOptions } from "./test-authority.ts";
