"use strict";
/* What `pulumi up --policy-pack policies/pack` loads. */
require("tsx/cjs");
const { policyPack } = require("./pack.ts");

policyPack();
