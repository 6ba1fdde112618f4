/** An access that the pack allows, for many years to come. */
export const INPUT = {
  subject: { tenant: "acme", purpose: "investigation" },
  resource: { tenant: "acme", retention_until: "2099-12-31T23:59:59Z" },
} as const;
