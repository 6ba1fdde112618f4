# Sourced by the scripts that compare decisions: `notes` and `budget` hold the flags for the files that are there, of
# MIGRATION_NOTES (signed notes), NOTE_POLICY (who may sign them) and DIFF_BUDGET (how much may change).
# shellcheck disable=SC2034 # for whoever sources this
notes=() budget=()
if [ -e "${MIGRATION_NOTES:-}" ]; then notes=(--note "$MIGRATION_NOTES" --note-policy "${NOTE_POLICY:?says who may sign notes}"); fi
if [ -f "${DIFF_BUDGET:-}" ]; then budget=(--budget "$DIFF_BUDGET" ${notes[@]+"${notes[@]}"}); fi
