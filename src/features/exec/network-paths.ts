// Pure: warns where a task's network may have no route to Session Manager. Source: ECS developer guide, ECS Exec,
// considerations.

const MESSAGES = 'ssmmessages'

/** Endpoints of networks that may have no internet access, and the endpoint that ECS Exec needs. */
export const WAYS: readonly string[] = ['ecs', 'ecs-agent', 'ecr.api', 'ecr.dkr', MESSAGES]

/** `found`: the network's endpoints among WAYS; undefined where they are not readable. */
export const missingEndpoint = (found: readonly string[] | undefined): string | undefined => {
  if (found === undefined || found.length === 0 || found.includes(MESSAGES)) return undefined
  const names = found.map(name => `\`${name}\``).join(', ')
  return `The task’s network has VPC endpoints for ${names}, but none for \`${MESSAGES}\`: without internet access, ECS Exec fails.`
}
