/** `make demo`: the whole main job on the real pack, step by step: what was done, what it proved, how long it took. */
import { runSteps } from "./narrate.ts";
import { STEPS } from "./steps.ts";

await runSteps(STEPS);
