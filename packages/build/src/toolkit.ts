/** The version of policy-pack that builds, as a manifest records it. Packages of one release carry one version. */
export const TOOLKIT_VERSION = "0.1.0";
