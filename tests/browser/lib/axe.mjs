// WCAG 2.2 AA, as far as a machine can tell.
import axeCore from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * What axe finds wrong with the page as it is now, one line for each element; an empty list is what a story wants:
 * `assert.deepEqual(await axe(page), [])`.
 *
 * The page's Content-Security-Policy stays in force: axe arrives through the debugger and runs in a world of its
 * own, where it sees the page and the page does not see it.
 */
export async function axe(page) {
  const debug = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await debug.send('Page.getFrameTree');
    const { executionContextId: contextId } = await debug.send('Page.createIsolatedWorld', {
      frameId: frameTree.frame.id,
      worldName: 'axe',
    });
    const run = async (expression) => {
      const { result, exceptionDetails } = await debug.send('Runtime.evaluate', {
        expression,
        contextId,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    const withoutScript = await run(`matchMedia('(scripting: none)').matches`);
    // axe needs timers, which stand still where script is off. What the page would have run stays unrun.
    if (withoutScript) await scriptOff(debug, true, false);
    await run(`${axeCore.source}; undefined`);
    const options = { runOnly: RULES, resultTypes: ['violations'] };
    const { violations } = await run(`axe.run(document, ${JSON.stringify(options)})`);
    if (withoutScript) await scriptOff(debug, true);
    return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} — ${node.target.join(' ')}`));
  } finally {
    await debug.detach();
  }
}

/** Each session has a switch of its own, and only a change of ours counts: hence `true` before `false`. */
async function scriptOff(debug, ...values) {
  for (const value of values) await debug.send('Emulation.setScriptExecutionDisabled', { value });
}
