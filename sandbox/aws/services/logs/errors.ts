// The errors of CloudWatch Logs.

import { AwsError } from '../../wire/service.ts'

export const invalid = (message: string) => new AwsError('InvalidParameterException', message)

export const noGroup = () => new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')

export const noStream = () => new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.')
