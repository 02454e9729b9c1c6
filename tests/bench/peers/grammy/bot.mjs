// grammY as its documentation teaches: a composer, session(), a storage adapter of a few lines over better-sqlite3,
// bot.start(). Started with --api-url, --token and --data-dir.

import { readFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import Database from "better-sqlite3";
import { Bot, Composer, InlineKeyboard, session } from "grammy";

const WORDS = JSON.parse(readFileSync(new URL("../interview.json", import.meta.url), "utf8"));
const QUESTIONS = WORDS.questions.map((question) => question.key);
const LAST = QUESTIONS.at(-1);

const { values: options } = parseArgs({
  options: {
    "api-url": { type: "string" },
    token: { type: "string" },
    "data-dir": { type: "string" },
  },
});

const database = new Database(`${options["data-dir"]}/reports.db`);
database.pragma("journal_mode = WAL");
database.pragma("synchronous = FULL");
database.exec(`
  CREATE TABLE IF NOT EXISTS sessions (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reports (id INTEGER PRIMARY KEY, code TEXT NOT NULL, chat_id INTEGER NOT NULL,
    answers TEXT NOT NULL, sharing TEXT NOT NULL, publishing TEXT NOT NULL);
`);

class SqliteStorage {
  #read = database.prepare("SELECT value FROM sessions WHERE key = ?").pluck();
  #write = database.prepare("INSERT OR REPLACE INTO sessions VALUES (?, ?)");
  #delete = database.prepare("DELETE FROM sessions WHERE key = ?");

  read(key) {
    const value = this.#read.get(key);
    return value === undefined ? undefined : JSON.parse(value);
  }

  write(key, value) {
    this.#write.run(key, JSON.stringify(value));
  }

  delete(key) {
    this.#delete.run(key);
  }
}

const addReport = database.prepare("INSERT INTO reports (code, chat_id, answers, sharing, publishing) VALUES (?, ?, ?, ?, ?)");

const escape = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function say(ctx, text, rows) {
  const keyboard = rows && InlineKeyboard.from(rows.map((row) => row.map(([label, data]) => InlineKeyboard.text(label, data))));
  return ctx.reply(text, { parse_mode: "HTML", reply_markup: keyboard });
}

function echo(key, answers) {
  const { label } = WORDS.questions[QUESTIONS.indexOf(key)];
  return WORDS.echo.replace("{label}", label).replace("{answer}", () => escape(answers[key]));
}

function ask(ctx, key, about) {
  const number = QUESTIONS.indexOf(key);
  const question = WORDS.questions[number];
  const progress = WORDS.progress.replace("{number}", number + 1).replace("{total}", QUESTIONS.length);
  const lines = [progress, question.text];
  if (about !== undefined) {
    const more = about === key ? `\n${WORDS.more}` : "";
    lines.unshift(`${echo(about, ctx.session.answers)}${more}\n`);
  }
  const choices = question.choices.map((label, place) => [label, `answer:${key}:${place}`]);
  const rows = [];
  for (let place = 0; place < choices.length; place += question.in_a_row) {
    rows.push(choices.slice(place, place + question.in_a_row));
  }
  if (key === LAST) {
    rows.push([WORDS.done]);
  }
  rows.push(WORDS.pass.map(([label, way]) => [label, `answer:${key}:${way}`]));
  return say(ctx, lines.join("\n"), rows);
}

function take(ctx, key, said) {
  const { answers } = ctx.session;
  answers[key] = key === LAST && key in answers ? `${answers[key]}\n${said}` : said;
  ctx.session.step = QUESTIONS[QUESTIONS.indexOf(key) + 1] ?? key;
  return ask(ctx, ctx.session.step, key);
}

const at = (...steps) => (ctx) => steps.includes(ctx.session.step);

const bot = new Bot(options.token, { client: { apiRoot: options["api-url"] } });

bot.use(session({ initial: () => ({ step: "", answers: {} }), storage: new SqliteStorage() }));

bot.command("start", async (ctx) => {
  ctx.session = { step: "consent", answers: {} };
  await say(ctx, WORDS.consent.text, WORDS.consent.buttons);
});

const questions = new Composer();

questions.on("message:text", (ctx) => take(ctx, ctx.session.step, ctx.msg.text));

questions.callbackQuery(/^answer:(\w+):(\w+)$/, async (ctx) => {
  await ctx.answerCallbackQuery();
  const [, key, value] = ctx.match;
  const { choices } = WORDS.questions[QUESTIONS.indexOf(key)];
  await take(ctx, key, WORDS.passed[value] ?? choices[Number(value)]);
});

questions.filter(at(LAST)).callbackQuery("done", async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.step = "review";
  const { answers } = ctx.session;
  const lines = QUESTIONS.filter((key) => key in answers).map((key) => echo(key, answers));
  await say(ctx, [WORDS.review.text, "", ...lines].join("\n"), WORDS.review.buttons);
});

bot.filter(at("consent")).callbackQuery("agree", async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.step = QUESTIONS[0];
  await ask(ctx, QUESTIONS[0]);
});

bot.filter(at(...QUESTIONS)).use(questions);

bot.filter(at("review")).callbackQuery("reviewed", async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.step = "sharing";
  await say(ctx, WORDS.sharing.text, WORDS.sharing.buttons);
});

bot.filter(at("sharing")).callbackQuery(/^share:(\w+)$/, async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.sharing = ctx.match[1];
  ctx.session.step = "publishing";
  await say(ctx, WORDS.publishing.text, WORDS.publishing.buttons);
});

bot.filter(at("publishing")).callbackQuery(/^publish:(\w+)$/, async (ctx) => {
  await ctx.answerCallbackQuery();
  ctx.session.publishing = ctx.match[1];
  ctx.session.step = "submit";
  const text = WORDS.submit.text.replace("{publishing}", ctx.match[1].replaceAll("_", " "));
  await say(ctx, text, WORDS.submit.buttons);
});

bot.filter(at("submit")).callbackQuery("submit", async (ctx) => {
  await ctx.answerCallbackQuery();
  const { answers, sharing, publishing } = ctx.session;
  const code = randomBytes(5).toString("hex").toUpperCase();
  addReport.run(code, ctx.chat.id, JSON.stringify(answers), sharing, publishing);
  ctx.session = undefined;
  await say(ctx, WORDS.receipt.replace("{code}", code));
});

bot.catch((error) => console.error(error.error));

await bot.start();
