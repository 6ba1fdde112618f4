/** Where in the module's memory something is kept: so far behind the address in the global, which is 0 where nothing is. */
export interface KeptRegion {
  readonly global: number;
  readonly start: number;
}
