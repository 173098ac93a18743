import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  memo,
  type ReactNode,
  useId,
  useState,
} from "react";
import type { Completion } from "../../shell/completion.ts";
import { needsMore } from "../../shell/language/syntax.ts";
import type { Prompt } from "../../shell/session.ts";
import { useWords } from "../text/words.ts";
import { Choices } from "./choices.tsx";
import { applied, type Choosing, chosen, closed, opened, stepped } from "./choosing.ts";
import { fullWidthOf } from "./full-width.ts";
import { type History, newer, older, typed } from "./history.ts";
import { Log, type LogEntry, type LogMarks } from "./log.tsx";
import "./terminal.css";

export interface TerminalProps {
  /** What was typed and what it printed, oldest first. */
  readonly entries: readonly LogEntry[];
  readonly marks: LogMarks;
  /** Every line typed so far, oldest first. */
  readonly lines: readonly string[];
  readonly prompts: readonly Prompt[];
  /** The id of the prompt that is typed at. */
  readonly prompt: string;
  readonly isBusy: boolean;
  /** What a line would do first; null: nothing but to run. */
  readonly note: string | null;
  /** Stands in the empty prompt. */
  readonly example: string;
  /** Stands between log and prompt. */
  readonly invitation: ReactNode;
  readonly onPrompt: (id: string) => void;
  /** Runs a whole text; lines that belong together come as one. */
  readonly onRun: (text: string) => void;
  /** Enter where nothing is typed. */
  readonly onNothing: () => void;
  readonly complete: (line: string, cursor: number) => Completion;
}

/**
 * A prompt under a log. An ordinary labelled input, so that input methods, screen readers, touch keyboards, copying and
 * zooming work as everywhere; Tab completes, the arrows go through what was typed.
 */
export const Terminal = memo(function Terminal(props: TerminalProps) {
  const { t } = useWords();
  const list = useId();
  const note = useId();
  const [history, setHistory] = useState<History>(typed(""));
  const [choosing, setChoosing] = useState<Choosing>(closed);
  const [begun, setBegun] = useState("");
  const { text } = history;
  const wide = fullWidthOf(text);
  const name = props.prompts.find(({ id }) => id === props.prompt)?.text ?? "host#";
  const setText = (next: string) => {
    setHistory(typed(next));
    setChoosing(closed);
  };

  async function run(line: string, before: string): Promise<string> {
    const whole = before === "" ? line : `${before}\n${line}`;
    if (whole.trim() === "") return "";
    if (await needsMore(whole)) return whole;
    props.onRun(whole);
    return "";
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const option = chosen(choosing);
    if (option) {
      setText(applied(text, choosing, option));
      return;
    }
    if (text.trim() === "" && begun === "") props.onNothing();
    setText("");
    setBegun(await run(text, begun));
  }

  /** Pasted lines run one after the other, as in any terminal; the last one waits for Enter. */
  async function paste(event: ClipboardEvent<HTMLInputElement>): Promise<void> {
    const pasted = event.clipboardData.getData("text");
    if (!pasted.includes("\n")) return;
    event.preventDefault();
    const { selectionStart, selectionEnd } = event.currentTarget;
    const whole =
      text.slice(0, selectionStart ?? text.length) +
      pasted.replaceAll("\r", "") +
      text.slice(selectionEnd ?? text.length);
    const lines = whole.split("\n");
    const last = lines.pop() ?? "";
    setText(last);
    let before = begun;
    for (const line of lines) before = await run(line, before);
    setBegun(before);
  }

  function press(event: KeyboardEvent<HTMLInputElement>): void {
    const composing = event.nativeEvent.isComposing || event.keyCode === 229;
    if (composing) {
      if (event.key === "Enter") event.preventDefault();
      return;
    }
    const input = event.currentTarget;
    switch (event.key) {
      case "Tab":
        if (event.shiftKey || (text === "" && choosing.type === "closed")) return;
        event.preventDefault();
        completeAt(input.selectionStart ?? text.length);
        return;
      case "ArrowUp":
      case "ArrowDown":
        event.preventDefault();
        if (choosing.type === "open")
          setChoosing(stepped(choosing, event.key === "ArrowUp" ? -1 : 1));
        else
          setHistory(
            event.key === "ArrowUp" ? older(history, props.lines) : newer(history, props.lines),
          );
        return;
      case "Escape":
        setChoosing(closed);
        return;
      case "c":
        if (!event.ctrlKey || input.selectionStart !== input.selectionEnd) return;
        event.preventDefault();
        setText("");
        setBegun("");
        return;
      default:
    }
  }

  function completeAt(cursor: number): void {
    if (choosing.type === "open") {
      setChoosing(stepped(choosing, 1));
      return;
    }
    const next = opened(text, props.complete(text, cursor));
    setHistory(typed(next.text));
    setChoosing(next.choosing);
  }

  const active =
    choosing.type === "open" && choosing.at >= 0 ? `${list}-${choosing.at}` : undefined;
  return (
    <>
      <Log entries={props.entries} marks={props.marks} label={t("lab:terminal.log")} />
      {props.note !== null && (
        <p id={note} className="terminal-note">
          {props.note}
        </p>
      )}
      {wide && (
        <p className="terminal-note">
          <span role="status">{t("lab:terminal.fullWidth", { signs: wide.signs })}</span>{" "}
          <button
            type="button"
            className="button mono"
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => setText(wide.narrow)}
          >
            {t("lab:terminal.narrow", { line: wide.narrow })}
          </button>
        </p>
      )}
      {props.invitation}
      <form className="terminal-entry" onSubmit={(event) => void submit(event)}>
        <select
          className="mono"
          aria-label={t("lab:terminal.prompt")}
          value={props.prompts.some(({ id }) => id === props.prompt) ? props.prompt : "host"}
          onChange={(event) => props.onPrompt(event.target.value)}
        >
          {props.prompts.map(({ id, text: shown }) => (
            <option key={id} value={id}>
              {shown}
            </option>
          ))}
        </select>
        <div className="terminal-field">
          {begun !== "" && <pre className="terminal-begun mono">{begun}</pre>}
          <input
            className="mono"
            value={text}
            placeholder={begun === "" ? props.example : ""}
            aria-label={t("lab:terminal.label", { prompt: begun === "" ? name : ">" })}
            aria-describedby={props.note === null ? undefined : note}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={choosing.type === "open"}
            aria-controls={list}
            aria-activedescendant={active}
            autoCapitalize="off"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            inputMode="text"
            enterKeyHint="send"
            onChange={(event) => setText(event.target.value)}
            onKeyDown={press}
            onPaste={(event) => void paste(event)}
            onBlur={() => setChoosing(closed)}
          />
          <Choices
            id={list}
            choosing={choosing}
            label={t("lab:terminal.choices")}
            onChoose={(option) => setText(applied(text, choosing, option))}
          />
        </div>
        <button
          type="button"
          className="button terminal-tab"
          aria-label={t("lab:terminal.complete")}
          title={t("lab:terminal.complete")}
          onPointerDown={(event) => event.preventDefault()}
          onClick={() => completeAt(text.length)}
        >
          ⇥
        </button>
        <button type="submit" className="button">
          {props.isBusy ? t("lab:terminal.busy") : t("lab:terminal.run")}
        </button>
      </form>
    </>
  );
});
