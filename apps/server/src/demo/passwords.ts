import { randomInt } from 'node:crypto';

/** Short, plain, unlike one another in sound. */
const WORDS = `
acorn amber anchor apple apron arrow aspen atlas autumn bacon badge bagel bamboo banjo barley basil basket beacon beetle
berry birch bison blanket bonnet border bottle bramble breeze brick bridge bronze bucket butter button cabin cactus camel
candle canoe canvas carbon carpet castle cedar cellar cherry chimney cinder cinema circle citrus clover cobalt coconut
comet copper coral cotton cradle crayon cricket crystal curtain daisy dancer denim desert dolphin domino donkey drummer
eagle easel echo elbow ember engine falcon feather fennel fiddle finch flannel forest fossil garden garlic gecko ginger
glacier goblet granite gravel hammer harbor harvest hazel helmet heron hickory hinge honey hornet indigo island ivory
jacket jasmine jigsaw juniper kernel kettle kitten ladder lagoon lantern lemon lilac lizard lobster locket lumber magnet
mango maple marble meadow melon mirror mitten monsoon mosaic muffin mustard nectar needle nickel nutmeg oasis ocean olive
onion orchard otter oyster paddle panda papaya parade parsley pebble pelican pencil pepper piano pickle pillow pilot
planet pocket pollen pony poplar potato prairie pretzel puddle pumpkin puzzle quartz rabbit radish raft raven ribbon
river robin rocket saddle saffron salmon sandal saturn scarlet shadow silver spruce squash stable summit sunset
tango temple thimble thunder tiger timber tomato topaz tractor trumpet tulip tunnel turtle umbrella valley velvet
violet waffle walnut wander willow window winter wizard yarrow zebra zipper
`
  .trim()
  .split(/\s+/);

/** Three words and two digits, such as `maple-otter-lantern-42`: easy to type off a terminal, for demo accounts only. */
export function memorablePassword(): string {
  const word = () => WORDS[randomInt(WORDS.length)] ?? 'patchline';
  return `${word()}-${word()}-${word()}-${randomInt(10, 100)}`;
}
