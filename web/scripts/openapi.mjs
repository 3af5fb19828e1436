// Makes src/api/schema.d.ts (types of every cmdlet's parameters and objects) and src/api/roles.ts (which
// management roles permit which cmdlet) from the server's description of itself:
//   npm run openapi -- openapi.json      the file that GET api/openapi.json gives
import { readFile, writeFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';

const [file] = process.argv.slice(2);
if (!file) throw new Error('Name the OpenAPI file.');
const description = JSON.parse(await readFile(file, 'utf8'));

const banner = '// Made by scripts/openapi.mjs from the OpenAPI description; not to be edited.\n';
const types = astToString(await openapiTS(structuredClone(description)));
await writeFile('src/api/schema.d.ts', `${banner}${types}`);

const roles = Object.values(description.paths)
  .map((path) => path.post)
  .filter((post) => post?.description?.startsWith('Management roles: '))
  .map(({ operationId, description: text }) => {
    const list = text.slice('Management roles: '.length).replace(/\.$/, '').split(', ');
    return `  '${operationId}': ${JSON.stringify(list).replaceAll('"', "'").replaceAll("','", "', '")},\n`;
  });
await writeFile(
  'src/api/roles.ts',
  `${banner}\n/** The management roles that permit each cmdlet. */\n` +
    `export const ROLES: Readonly<Record<string, readonly string[]>> = {\n${roles.join('')}};\n`,
);
