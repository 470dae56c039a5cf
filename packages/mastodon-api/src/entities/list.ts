import type { List } from '@trunkline/domain';
import type { ListJson } from './shape.js';

export const renderList = ({ id, title, repliesPolicy, exclusive }: List): ListJson => ({ id, title, replies_policy: repliesPolicy, exclusive });
