// The CDK app. It deploys the hub and the roles of the hub's account. With `-c hub=<account>`, it deploys only the roles of
// another account.
import { fileURLToPath } from 'node:url'
import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import type { Entry } from './entry.ts'
import { EventsStack } from './events.ts'
import { HubStack } from './hub-stack.ts'
import { OrganizationStack } from './organization.ts'
import { SpokeStack } from './spoke-stack.ts'

const ACCOUNT = /^\d{12}$/

const context = (app: App, name: string): string | undefined => {
  const value: unknown = app.node.tryGetContext(name)
  return value === undefined ? undefined : String(value)
}

const required = (app: App, name: string, pattern: RegExp): string => {
  const value = context(app, name) ?? ''
  if (!pattern.test(value)) throw new Error(`missing or invalid context ${name}: pass -c ${name}=…`)
  return value
}

const app = new App()
const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/
const place = { account: required(app, 'account', ACCOUNT), region: required(app, 'region', REGION) }

/** With `-c guard=<targets>`, deploys only the service control policy, because it belongs to another account than the hub. */
const targets = context(app, 'guard')?.split(',')
if (targets !== undefined) new OrganizationStack(app, 'quarterdeck-guard', { ...place, targets })
else createStacks()

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))

function createStacks(): void {
  const hubAccount = context(app, 'hub') === undefined ? place.account : required(app, 'hub', ACCOUNT)
  const hubRegion = context(app, 'hubRegion') === undefined ? place.region : required(app, 'hubRegion', REGION)
  const spoke = new SpokeStack(app, 'quarterdeck-roles', { ...place, hub: hubAccount, hubRegion })

  if (context(app, 'hub') === undefined) {
    const accounts = context(app, 'accounts')?.split(',')
    const alarmTopic = context(app, 'alarmTopic')
    const hub = new HubStack(app, 'quarterdeck', {
      ...place,
      dist: fileURLToPath(new URL('../dist', import.meta.url)),
      ...(accounts !== undefined && { accounts }),
      ...(alarmTopic !== undefined && { alarmTopic }),
      ...(context(app, 'entry') !== undefined && { entry: required(app, 'entry', /^(api|url)$/) as Entry }),
    })
    // The hub is deployed first, because a trust policy can name only roles that exist.
    spoke.addStackDependency(hub)
  }

  // ECS events are regional, so each region that is used needs a rule that forwards its events.
  for (const region of context(app, 'regions')?.split(',') ?? [place.region]) {
    const events = new EventsStack(app, `quarterdeck-events-${region}`, {
      account: place.account,
      region,
      hub: hubAccount,
      hubRegion,
    })
    events.addStackDependency(spoke)
  }
}
