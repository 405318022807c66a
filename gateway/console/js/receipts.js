/* What became of an announcement, as pills. */
import { el } from "./dom.js";
import { t } from "./words.js";

const OUTCOMES = { spoken: "good", failed: "bad", expired: "warn" };
const STATES = { heard: "good", missed: "bad", unknown: "warn" };

export const outcomePill = (outcome, reason) =>
	el("span", { className: `pill ${OUTCOMES[outcome] ?? ""}`, title: reason ?? "" }, t(outcome ?? "waiting"));

export const receiptPills = (receipts = []) => receipts.map((r) =>
	el("span", { className: `pill ${STATES[r.state] ?? ""}`, title: r.reason ?? "" },
		`${r.output}: ${t(`receipt_${r.state}`)}`));

export const receiptText = (receipts = []) =>
	receipts.map((r) => `${r.output} ${r.state}${r.reason ? ` (${r.reason})` : ""}`).join("; ");
