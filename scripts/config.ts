// Checks a configuration, and prints each problem with its file and line:
//   npm run config -- [quarterdeck.yaml] [--check] [--clusters "<names or ARNs>"] [--explain "<who> <command>" [--tasks <count>]] [--compare <published JSON>]
// `--check` also asks Slack, with the bot token in SLACK_BOT_TOKEN: whether the people, user groups and channels that the
// configuration names exist and can be used, and in which of the bot's channels `--share` is refused.
// `--explain` says which rules decide about a command, and why: `<who>` is a person and the user groups (S… or team:name) that the
// person is in, separated by commas; `--tasks` is how many tasks the change adds, stops or replaces.
// `--compare` prints what the file allows that the published JSON does not, and exits with 1 where there is such a thing.
import { setTimeout as sleep } from 'node:timers/promises'
import { runConfig } from './config/run-config.ts'

process.exitCode = await runConfig(process.argv.slice(2), {
  env: process.env,
  out: line => void process.stdout.write(`${line}\n`),
  log: line => void process.stderr.write(`${line}\n`),
  sleep: ms => sleep(ms),
})
