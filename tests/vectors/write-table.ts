import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createForgeries } from "@policy-pack/testkit";
import { renderForgeries, withTable } from "./forgery-table.ts";

const path = join(import.meta.dirname, "README.md");
writeFileSync(path, withTable(readFileSync(path, "utf8"), renderForgeries(createForgeries())));
