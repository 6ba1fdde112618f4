import { describe, expect, it } from "@jest/globals";
import { matchesEntityTag } from "../src/if-none-match.ts";

const ETAG = 'W/"sha-256:abc"';

describe("matchesEntityTag", () => {
  describe("when the tag is named", () => {
    it.each([
      ["weak", 'W/"sha-256:abc"'],
      ["strong", '"sha-256:abc"'],
      ["in a list", '"other", W/"sha-256:abc"'],
      ["first of a list", '"sha-256:abc","other"'],
      ["beside a tag with a comma", '"a,b", "sha-256:abc"'],
      ["beside empty members", ', ,"sha-256:abc",,'],
      ["with padding", ' \t"sha-256:abc"\t '],
      ["by the wildcard", "*"],
      ["by a padded wildcard", " * "],
    ])("returns true: %s", (_name, field) => {
      expect(matchesEntityTag(field, ETAG)).toBe(true);
    });

    it("returns true for a strong tag of its own", () => {
      expect(matchesEntityTag('W/"x"', '"x"')).toBe(true);
    });
  });

  describe("when it is not named", () => {
    it.each([
      ["another tag", '"sha-256:abd"'],
      ["inside another tag", '"x, sha-256:abc"'],
      ["a longer tag", '"sha-256:abcd"'],
      ["an empty field", ""],
      ["the empty tag", '""'],
    ])("returns false: %s", (_name, field) => {
      expect(matchesEntityTag(field, ETAG)).toBe(false);
    });
  });

  describe("when the field is malformed", () => {
    it.each([
      ["no quotes", "sha-256:abc"],
      ["an open quote after the match", '"sha-256:abc", "x'],
      ["a lower-case weak prefix", 'w/"sha-256:abc"'],
      ["no comma between", '"sha-256:abc" "x"'],
      ["nothing between", '"sha-256:abc""x"'],
      ["a wildcard in a list", '"sha-256:abc", *'],
      ["a space inside", '"sha-256:abc", "a b"'],
      ["text after", '"sha-256:abc"x'],
    ])("returns false: %s", (_name, field) => {
      expect(matchesEntityTag(field, ETAG)).toBe(false);
    });
  });
});
