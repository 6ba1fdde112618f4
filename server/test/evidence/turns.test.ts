import { describe, expect, it } from "@jest/globals";
import { EventEmitter } from "node:events";
import { Turns } from "../../src/evidence/turns.ts";

const ANN = { issuer: "https://issuer.test", subject: "ann" };
const BOB = { issuer: "https://issuer.test", subject: "bob" };

describe("Turns", () => {
  it("lets each caller begin so many, and another when one has ended", () => {
    const turns = new Turns(2);
    const responses = [1, 2, 3].map(() => new EventEmitter());
    const begin = (caller: typeof ANN, at: number): boolean =>
      turns.begin(caller, (responses[at] ?? new EventEmitter()) as unknown as Parameters<Turns["begin"]>[1]);
    expect([begin(ANN, 0), begin(ANN, 1), begin(ANN, 2), begin(BOB, 2)]).toEqual([true, true, false, true]);
    responses[0]?.emit("close");
    expect([begin(ANN, 0), begin(ANN, 0)]).toEqual([true, false]);
    responses.forEach((response) => response.emit("close"));
    expect([begin(ANN, 0), begin(ANN, 1), begin(ANN, 2)]).toEqual([true, true, false]);
  });
});
