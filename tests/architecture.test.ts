import { describe, expect, it } from "@jest/globals";
import { readFileSync } from "node:fs";
import path from "node:path";
import { importsOf, readWorkspaces, sourceFilesOf } from "./support/workspaces.ts";
import type { Workspace } from "./support/workspaces.ts";

/** Which workspaces a workspace's program (its src/) may import. What is not named here may not be imported. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  "packages/pack": [],
  "packages/verify": ["packages/pack"],
  "packages/sign": ["packages/pack"],
  "packages/build": ["packages/pack", "packages/evaluate", "packages/simulate"],
  "packages/evaluate": ["packages/pack"],
  "packages/decision-log": ["packages/pack", "packages/evaluate"],
  "packages/simulate": ["packages/pack", "packages/evaluate"],
  "packages/dev-authority": ["packages/pack", "packages/sign"],
  "packages/testkit": ["packages/pack", "packages/verify", "packages/sign", "packages/dev-authority", "packages/build"],
  "clients/cos-policy-fetcher": ["packages/pack", "packages/verify", "packages/evaluate"],
  "clients/companyos": ["packages/pack", "packages/verify", "packages/evaluate", "clients/cos-policy-fetcher"],
  server: ["packages/pack", "packages/verify", "packages/evaluate"],
  "clients/cli": [
    "packages/pack",
    "packages/verify",
    "packages/sign",
    "packages/dev-authority",
    "packages/build",
    "packages/evaluate",
    "packages/simulate",
    "packages/decision-log",
    "clients/cos-policy-fetcher",
    "server",
  ],
};

/** What neither the client library nor the server may reach, at any depth. */
const SIGNING_OR_BUILDING = [
  "packages/sign",
  "packages/dev-authority",
  "packages/build",
  "packages/testkit",
  "clients/cli",
];

/** What packages/verify must not reach: it decides without network, disk, environment or clock. */
const NO_IO = /^(node:)?(fs|net|http|https|http2|tls|dns|dgram|child_process|worker_threads|os|process|timers)(\/|$)/;

const workspaces = readWorkspaces();
const byName = new Map(workspaces.map((workspace) => [workspace.name, workspace]));

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? "");
}

function imports(workspace: Workspace, folder: "src" | "test"): { file: string; specifier: string }[] {
  return sourceFilesOf(path.join(workspace.folder, folder)).flatMap((file) =>
    importsOf(file).map((specifier) => ({ file, specifier })),
  );
}

const isForeign = ({ specifier }: { specifier: string }): boolean =>
  !specifier.startsWith(".") && !specifier.startsWith("node:");

describe("architecture", () => {
  it("names every workspace", () => {
    expect(workspaces.map(({ folder }) => folder).sort()).toEqual(Object.keys(ALLOWED).sort());
  });

  describe.each(workspaces)("$folder", (workspace) => {
    it("imports only the workspaces that its place allows", () => {
      const breaches = imports(workspace, "src").filter(({ specifier }) => {
        const target = byName.get(packageOf(specifier));
        return target !== undefined && !(ALLOWED[workspace.folder] ?? []).includes(target.folder);
      });
      expect(breaches).toEqual([]);
    });

    it("reaches no signing or building code when it is the client library or the server", () => {
      if (!["clients/cos-policy-fetcher", "clients/companyos", "server"].includes(workspace.folder)) return;
      const seen = new Set<string>();
      const visit = (folder: string): void => {
        if (seen.has(folder)) return;
        seen.add(folder);
        const at = workspaces.find((candidate) => candidate.folder === folder);
        Object.keys(at?.manifest.dependencies ?? {}).forEach((name) => {
          const target = byName.get(name);
          if (target !== undefined) visit(target.folder);
        });
      };
      visit(workspace.folder);
      expect([...seen].filter((folder) => SIGNING_OR_BUILDING.includes(folder))).toEqual([]);
    });

    it("imports packages by name and never its own index from a leaf", () => {
      const breaches = [...imports(workspace, "src"), ...imports(workspace, "test")].filter(({ file, specifier }) => {
        if (isForeign({ specifier })) {
          return byName.has(packageOf(specifier)) && specifier !== packageOf(specifier);
        }
        if (!specifier.startsWith(".")) return false;
        const target = path.join(path.dirname(file), specifier);
        const leavesItsRoom = path.relative(workspace.folder, target).startsWith("..");
        return leavesItsRoom || (file.includes("/src/") && target === path.join(workspace.folder, "src/index.ts"));
      });
      expect(breaches).toEqual([]);
    });

    it("declares every import in its own package.json", () => {
      const {
        dependencies = {},
        devDependencies = {},
        optionalDependencies = {},
        peerDependencies = {},
      } = workspace.manifest;
      const program = new Set([dependencies, optionalDependencies, peerDependencies].flatMap(Object.keys));
      const tests = new Set([...program, ...Object.keys(devDependencies), "@jest/globals", workspace.name]);
      const undeclared = [
        ...imports(workspace, "src").filter((entry) => isForeign(entry) && !program.has(packageOf(entry.specifier))),
        ...imports(workspace, "test").filter((entry) => isForeign(entry) && !tests.has(packageOf(entry.specifier))),
      ];
      expect(undeclared).toEqual([]);
    });

    it("declares nothing that it does not import", () => {
      const used = new Set(
        [...imports(workspace, "src"), ...imports(workspace, "test")].map((entry) => packageOf(entry.specifier)),
      );
      const resolved = sourceFilesOf(path.join(workspace.folder, "src"))
        .map((file) => readFileSync(file, "utf8"))
        .join("\n");
      const idle = Object.keys(workspace.manifest.dependencies ?? {}).filter(
        (name) => !used.has(name) && !resolved.includes(`"${name}/`) && !resolved.includes(`"${name}"`),
      );
      expect(idle).toEqual([]);
    });

    it("is built after the workspaces it imports, and no others", () => {
      const references = workspace.references.map((reference) =>
        path.normalize(path.join(workspace.folder, reference)),
      );
      const needed = new Set(
        imports(workspace, "src").flatMap(({ specifier }) => byName.get(packageOf(specifier))?.folder ?? []),
      );
      expect(references.sort()).toEqual([...needed].sort());
    });
  });

  it("keeps network, disk, environment and clock out of packages/verify", () => {
    const files = sourceFilesOf("packages/verify/src");
    expect(files.flatMap(importsOf).filter((specifier) => NO_IO.test(specifier))).toEqual([]);
    const reaching = files.filter((file) =>
      /\bDate\.now\(|new Date\(\)|\bprocess\.|\bfetch\(|Math\.random|performance\.now|randomBytes|randomUUID/.test(
        readFileSync(file, "utf8"),
      ),
    );
    expect(reaching).toEqual([]);
  });

  it("uses testkit in tests only", () => {
    const users = workspaces.filter((workspace) => "@policy-pack/testkit" in (workspace.manifest.dependencies ?? {}));
    expect(users).toEqual([]);
  });
});
