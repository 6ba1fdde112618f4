/** A second process for the tests: signs into the folder, count times or until it is killed, a line each. */
import process from "node:process";
import { openDevAuthority } from "@policy-pack/dev-authority";
import { signBlob } from "@policy-pack/sign";

const [folder, count] = process.argv.slice(2);
const authority = await openDevAuthority(folder);
for (let index = 0; index < Number(count); index++) {
  const bundle = JSON.parse(await signBlob(Buffer.from(`${process.pid} ${index}`), authority.signing()));
  process.stdout.write(`${bundle.verificationMaterial.tlogEntries[0].logIndex ?? "0"}\n`);
}
