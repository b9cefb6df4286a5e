// The ingress function: converts Slack's requests to jobs. Its bundle contains no AWS SDK.

import { declarations } from '../src/commands/declarations.ts'
import { createApp } from '../src/functions/ingress/app.ts'
import { LambdaReceiver } from '../src/functions/ingress/receiver.ts'
import { createDispatch } from '../src/gateways/functions/dispatch.ts'
import { createParameters } from '../src/gateways/parameters.ts'
import { createQuickStore } from '../src/gateways/quick-store.ts'

const { secrets, config } = createParameters(process.env)
const receiver = new LambdaReceiver({ signingSecrets: async () => (await secrets()).signing })

const { SLACK_API_URL: slackApiUrl } = process.env

createApp({
  receiver,
  declarations,
  dispatch: createDispatch(process.env),
  secrets,
  naming: { store: createQuickStore(process.env), config, now: Date.now },
  ...(slackApiUrl !== undefined && { slackApiUrl }),
})

export const handler = receiver.handle
