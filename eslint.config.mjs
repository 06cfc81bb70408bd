import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";
import layers from "./scripts/layers.cjs";

export default tseslint.config(
  {
    ignores: [
      "**/node_modules/",
      "**/.next/",
      "**/dist/",
      "manifests/",
      "test/agent/app/",
      "test/agent/apps/",
      "test/cluster/broken/",
      "runtime/test/fixtures/",
      "test/next/fixtures/",
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "@pulumi": pulumi, layers: layers.plugin },
    rules: {
      "layers/go-down": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@pulumi/no-output-in-template-literal": "error",
      "@pulumi/no-output-instance-in-template-literal": "error",
      // The engine of the previews loads programs again, which import cannot do.
      "@typescript-eslint/no-require-imports": "off",
    },
  },
  {
    // Plain JavaScript of Node.js; `tsc -p pod` knows which names there are.
    files: [
      "pod/**/*.{cjs,mjs}",
      "runtime/src/contract/*.cjs",
      "policies/pack/index.cjs",
      "scripts/**/*.{cjs,mjs}",
      "test/*.mjs",
      "test/pod/*.{cjs,mjs}",
      "test/pulls/*.cjs",
      ".mocharc.cjs",
    ],
    rules: { "no-undef": "off", "@typescript-eslint/no-require-imports": "off" },
  },
);
