/** The generator's form: the same version and seed give the same inputs of the same pack on every machine. */
export const GENERATOR_VERSION = "policy-pack-inputs/1";
