// Pure: the warning that another tool manages a service and may revert a change.
import type { Provenance } from './managed-by.ts'

const NAMES = {
  cloudformation: 'CloudFormation',
  cdk: 'AWS CDK',
  terraform: 'Terraform',
  copilot: 'AWS Copilot',
} as const

export const revertWarning = (managed: Provenance | undefined): readonly string[] => {
  if (managed === undefined) return []
  const { kind, name, line, undoes } = managed
  const tool = `${NAMES[kind]} also manages it (${name})`
  if (undoes === false) return [`${tool}; its template does not set this value, so the change stays.`]
  const where = line === undefined ? '' : `: ${line}`
  return [
    `${tool}${where}. Its next update of this service ${undoes === true ? 'reverts' : 'may revert'} this change; change it there too.`,
  ]
}
