import { expect, test } from 'vitest'
import { lineOf } from '../../../src/functions/ingress/mentions.ts'

test.each([
  ['<@UBOT> status orders-api', 'status orders-api'],
  ['<@UBOT|quarterdeck>  /ecs status orders-api', 'status orders-api'],
  ['<@UBOT>help', 'help'],
  ['<@UBOT> logs orders-api --filter "a &amp; b &lt;c&gt;"', 'logs orders-api --filter "a & b <c>"'],
  ['<@UBOT> logs orders-api --filter <http://x.example|x.example>', 'logs orders-api --filter x.example'],
  ['<@UBOT> ask <@UOTHER>', 'ask <@UOTHER>'],
  ['<@UBOT>', ''],
])('%s', (text, line) => {
  expect(lineOf(text, 'UBOT')).toBe(line)
})
