import { LIST_MEMBERS_MAX, LIST_TITLE_LENGTH_MAX, REPLIES_POLICIES } from '@trunkline/domain';
import { z } from 'zod';
import { ACCOUNTS_PER_PAGE, anything, asList, cursorShape, flag, pageFrom, requiredText } from './pieces.js';
import { INVALID, NOT_IN_LIST } from './read.js';
import { isSnowflake, type Snowflake } from '@trunkline/kernel';

const title = requiredText(LIST_TITLE_LENGTH_MAX);
const repliesPolicy = z.preprocess((value) => (value === undefined || value === null || value === '' ? undefined : value), z.enum(REPLIES_POLICIES, NOT_IN_LIST).optional());

/** POST /api/v1/lists. Answers to members show unless told otherwise, and nothing is kept from the home timeline. */
export const ListParams = z
  .object({ title, replies_policy: repliesPolicy, exclusive: flag })
  .transform((given) => ({ title: given.title.trim(), repliesPolicy: given.replies_policy ?? ('list' as const), exclusive: given.exclusive ?? false }));

/** PUT /api/v1/lists/:id: what is left out stays. */
export const ListChangeParams = z
  .object({ title: title.optional(), replies_policy: repliesPolicy, exclusive: flag })
  .transform((given) => ({
    ...(given.title === undefined ? {} : { title: given.title.trim() }),
    ...(given.replies_policy === undefined ? {} : { repliesPolicy: given.replies_policy }),
    ...(given.exclusive === undefined ? {} : { exclusive: given.exclusive }),
  }));

/** `account_ids[]`, each once. */
export const ListMembersParams = z
  .object({ account_ids: anything })
  .transform(({ account_ids: given }, issues) => {
    const asked = asList(given).map((id) => (typeof id === 'number' ? String(id) : id));
    const ids = [...new Set(asked.filter(isSnowflake))];
    if (ids.length < new Set(asked).size) issues.addIssue({ code: 'custom', path: ['account_ids'], message: INVALID });
    return { accountIds: ids.slice(0, LIST_MEMBERS_MAX) as Snowflake[] };
  });

/** GET /api/v1/lists/:id/accounts. `limit=0` asks for all of them. */
export const ListPageParams = z.object(cursorShape).transform((params) => {
  const page = pageFrom(params, ACCOUNTS_PER_PAGE);
  return String(params.limit) === '0' ? { ...page, limit: LIST_MEMBERS_MAX } : page;
});
