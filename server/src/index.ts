export { buildApp } from "./build-app.ts";
export type { AppOptions } from "./build-app.ts";
export { DEFAULTS, readConfig } from "./config.ts";
export type { ServerConfig } from "./config.ts";
export { findCommand } from "./dev-build.ts";
export { parseRiskAcceptance } from "./readiness/risk-acceptance.ts";
export type { AcceptedRisk, RiskAcceptance } from "./readiness/risk-acceptance.ts";
export { drainOnSignal, startServer } from "./start-server.ts";
export type { ListenOptions, RunningServer } from "./start-server.ts";
