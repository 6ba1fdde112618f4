# Verbs only; each is one line. The first run installs what is missing, later ones reuse it.
PACK_DIR ?= contracts/policy-pack/v0
OUT_DIR ?= dist/policy-pack/v0
PACK_TAR ?= $(OUT_DIR)/policy-pack-v0.tar
BUNDLE_JSON ?= $(PACK_DIR)/signing/cosign.bundle.json
VERIFY_FLAGS ?= --dev-authority
RUN := @scripts/run.sh

.PHONY: build pack sign verify contract-test serve-pack demo demo-promotion test check bench clean
build: ; @scripts/bootstrap.sh
pack: build ; $(RUN) scripts/build_policy_pack.sh $(PACK_DIR) $(OUT_DIR) $(PACK_TAR)
sign: build ; $(RUN) scripts/cosign_sign.sh $(PACK_TAR) $(BUNDLE_JSON)
verify: build ; $(RUN) npx --no-install policy-pack verify $(PACK_TAR) --bundle $(BUNDLE_JSON) $(VERIFY_FLAGS)
contract-test: build ; $(RUN) npm run --silent jest -- tests/contract
serve-pack: build ; $(RUN) env MC_DEV_AUTO_BUILD_PACK=true MC_INLINE_BUNDLE=true NODE_ENV=development node clients/cli/bin/policy-pack.js serve
demo: build ; $(RUN) node --disable-warning=ExperimentalWarning scripts/demo/main.ts
demo-promotion: build ; $(RUN) node --disable-warning=ExperimentalWarning scripts/demo-promotion/main.ts
test: build ; $(RUN) npm test --silent
check: build ; $(RUN) npm run --silent check
bench: build ; $(RUN) npm run --silent bench
clean: ; rm -rf dist coverage packages/*/dist clients/*/dist server/dist
