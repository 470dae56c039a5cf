import { isSnowflake, type Snowflake } from '@trunkline/kernel';
import { recordNotFound } from '@trunkline/mastodon-api';

/** An id out of the path. @throws AppError 404 for what is none: nothing has such an id. */
export function recordId(text: string): Snowflake {
  if (!isSnowflake(text)) throw recordNotFound();
  return text;
}
