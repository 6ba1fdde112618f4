import { describe, expect, it } from "@jest/globals";
import { html, NOTHING } from "../../src/reports/html.ts";

describe("html", () => {
  it("escapes what could end a text or an attribute, and nothing twice", () => {
    const text = `&<>"'\``;
    expect(html`<p title="${text}">${text}</p>`.toString()).toBe(
      '<p title="&amp;&lt;&gt;&quot;&#39;&#96;">&amp;&lt;&gt;&quot;&#39;&#96;</p>',
    );
    expect(html`<div>${html`<b>${"<"}</b>`}</div>`.toString()).toBe("<div><b>&lt;</b></div>");
  });

  it("takes numbers, lists of markup and nothing", () => {
    expect(html`${0}${[html`<i>${"a"}</i>`, html`<i>${"b"}</i>`]}${NOTHING}`.toString()).toBe("0<i>a</i><i>b</i>");
  });

  it("escapes texts in a list, which its types do not take", () => {
    const texts: unknown = ["<b>"];
    expect(html`${texts as readonly []}`.toString()).toBe("&lt;b&gt;");
  });
});
