"use strict";
const { dirname, join, relative, resolve, sep } = require("node:path");

/*
 * An ESLint rule: imports go down. docs/decisions/layers.md says what belongs where.
 */

const ROOT = join(__dirname, "..");

/** What each folder may import beside itself, types included. `index.ts` stands above all, and nothing imports it. */
const LAYERS = {
  // What the stack, the scripts in the pods and the npm package agree on stands in the package.
  model: ["runtime/src/contract"],
  config: ["model"],
  components: ["config", "model"],
  platforms: ["components", "config", "model"],
  engine: ["model"],
  cli: ["engine", "config", "model"],
  // What a program asks for, as plain values; and what differs between two of them.
  plan: ["cli", "engine", "config", "model"],
  review: ["plan", "config", "model"],
  // Rules over plans, and over what differs between two. Their own package is in a folder of its own.
  policies: ["review", "plan", "cli", "config", "model"],
  // A plan as a picture, and what differs between two marked in it.
  picture: ["review", "plan", "model"],
  // What a plan costs, from a table of prices.
  cost: ["plan", "config", "model"],
  preview: ["cost", "picture", "policies", "review", "plan", "cli", "engine", "config", "model"],
  release: ["cli", "engine", "config", "model"],
  // The sites of pull requests.
  sites: ["cli", "config", "model"],
  // Pages are made from the schemas, the rules, the parts that hold state, the cases of test/next, and the plans of stacks.
  docs: [
    "preview",
    "cost",
    "picture",
    "policies",
    "review",
    "plan",
    "cli",
    "config",
    "model",
    "test",
  ],
};

/** Packages that a folder may import, where not all. The model is plain; the config makes no resources. */
const PACKAGES = {
  model: /^node:/,
  config: /^(node:|@pulumi\/pulumi(\/|$)|zod$|yaml$)/,
};

/** `require(…)`, `module.require(…)`, `require.resolve(…)`. */
const REQUIRES = [
  "[callee.name='require']",
  "[callee.property.name='require']",
  "[callee.object.name='require'][callee.property.name='resolve']",
].join(", ");

const messages = {
  folder: "'{{folder}}/' does not import '{{other}}': imports go down ({{allowed}}).",
  package: "'{{folder}}/' does not import the package '{{other}}'.",
};

/** @type {import("eslint").Rule.RuleModule} */
const rule = {
  meta: { type: "problem", schema: [], messages },
  create(context) {
    const [folder] = relative(ROOT, context.filename).split(sep);
    const allowed = LAYERS[folder];
    if (allowed === undefined) return {};
    const check = (node) => {
      const source = node?.type === "TemplateLiteral" ? node.quasis[0]?.value.cooked : node?.value;
      if (typeof source !== "string") return;
      if (!source.startsWith(".")) {
        if (PACKAGES[folder]?.test(source) === false)
          context.report({ node, messageId: "package", data: { folder, other: source } });
        return;
      }
      const target = relative(ROOT, resolve(dirname(context.filename), source))
        .split(sep)
        .join("/");
      if ([folder, ...allowed].some((it) => target === it || target.startsWith(`${it}/`))) return;
      const [other] = target.split("/");
      const data = { folder, other: other || "index", allowed: allowed.join(", ") };
      context.report({ node, messageId: "folder", data });
    };
    return {
      ImportDeclaration: ({ source }) => check(source),
      ExportAllDeclaration: ({ source }) => check(source),
      ExportNamedDeclaration: ({ source }) => check(source),
      ImportExpression: ({ source }) => check(source),
      TSImportType: ({ source }) => check(source),
      TSExternalModuleReference: ({ expression }) => check(expression),
      [`CallExpression:matches(${REQUIRES})`]: (call) => check(call.arguments[0]),
    };
  },
};

module.exports = { LAYERS, plugin: { rules: { "go-down": rule } } };
