/**
 * Vectors of one value in each lane of 16 bits, in memory: loading one is a single instruction, where a literal in a loop
 * becomes three or four.
 */
const VALUES: usize = memory.data<i16>(
  [
    256, 256, 256, 256, 256, 256, 256, 256,
    128, 128, 128, 128, 128, 128, 128, 128,
    254, 254, 254, 254, 254, 254, 254, 254,
    -32768, -32768, -32768, -32768, -32768, -32768, -32768, -32768,
    127, 127, 127, 127, 127, 127, 127, 127,
    -12288, -12288, -12288, -12288, -12288, -12288, -12288, -12288,
    12288, 12288, 12288, 12288, 12288, 12288, 12288, 12288,
    255, 255, 255, 255, 255, 255, 255, 255,
    384, 384, 384, 384, 384, 384, 384, 384,
    192, 192, 192, 192, 192, 192, 192, 192,
    15360, 15360, 15360, 15360, 15360, 15360, 15360, 15360,
    31, 31, 31, 31, 31, 31, 31, 31,
    514, 514, 514, 514, 514, 514, 514, 514,
    4112, 4112, 4112, 4112, 4112, 4112, 4112, 4112,
    257, 257, 257, 257, 257, 257, 257, 257,
    2048, 2048, 2048, 2048, 2048, 2048, 2048, 2048,
    16384, 16384, 16384, 16384, 16384, 16384, 16384, 16384,
    63, 63, 63, 63, 63, 63, 63, 63,
    30, 30, 30, 30, 30, 30, 30, 30,
    28, 28, 28, 28, 28, 28, 28, 28,
    1, 1, 1, 1, 1, 1, 1, 1,
    2, 2, 2, 2, 2, 2, 2, 2,
    1012, 1012, 1012, 1012, 1012, 1012, 1012, 1012,
    214, 214, 214, 214, 214, 214, 214, 214,
    5792, 5792, 5792, 5792, 5792, 5792, 5792, 5792,
    1616, 1616, 1616, 1616, 1616, 1616, 1616, 1616,
    15, 15, 15, 15, 15, 15, 15, 15,
    7, 7, 7, 7, 7, 7, 7, 7,
    -16384, -16384, -16384, -16384, -16384, -16384, -16384, -16384,
    16383, 16383, 16383, 16383, 16383, 16383, 16383, 16383,
    64, 64, 64, 64, 64, 64, 64, 64,
    -8191, -8191, -8191, -8191, -8191, -8191, -8191, -8191,
    8191, 8191, 8191, 8191, 8191, 8191, 8191, 8191,
    -11776, -11776, -11776, -11776, -11776, -11776, -11776, -11776,
    544, 544, 544, 544, 544, 544, 544, 544,
    5120, 5120, 5120, 5120, 5120, 5120, 5120, 5120,
    1535, 1535, 1535, 1535, 1535, 1535, 1535, 1535,
    512, 512, 512, 512, 512, 512, 512, 512,
    32, 32, 32, 32, 32, 32, 32, 32,
    9, 9, 9, 9, 9, 9, 9, 9,
    -8192, -8192, -8192, -8192, -8192, -8192, -8192, -8192,
    32767, 32767, 32767, 32767, 32767, 32767, 32767, 32767,
    -192, -192, -192, -192, -192, -192, -192, -192,
    -128, -128, -128, -128, -128, -128, -128, -128,
    18432, 18432, 18432, 18432, 18432, 18432, 18432, 18432,
    22528, 22528, 22528, 22528, 22528, 22528, 22528, 22528,
    -6410, -6410, -6410, -6410, -6410, -6410, -6410, -6410,
    -2049, -2049, -2049, -2049, -2049, -2049, -2049, -2049,
    -32, -32, -32, -32, -32, -32, -32, -32,
    48, 48, 48, 48, 48, 48, 48, 48,
    4032, 4032, 4032, 4032, 4032, 4032, 4032, 4032,
    16131, 16131, 16131, 16131, 16131, 16131, 16131, 16131,
    16335, 16335, 16335, 16335, 16335, 16335, 16335, 16335,
    16433, 16433, 16433, 16433, 16433, 16433, 16433, 16433,
    16501, 16501, 16501, 16501, 16501, 16501, 16501, 16501,
    16555, 16555, 16555, 16555, 16555, 16555, 16555, 16555,
    16604, 16604, 16604, 16604, 16604, 16604, 16604, 16604,
    16655, 16655, 16655, 16655, 16655, 16655, 16655, 16655,
    16511, 16511, 16511, 16511, 16511, 16511, 16511, 16511,
    4128, 4128, 4128, 4128, 4128, 4128, 4128, 4128,
    10, 10, 10, 10, 10, 10, 10, 10,
  ],
  16,
);

// @ts-ignore: decorator
@inline
export function constant(offset: usize): v128 {
  return v128.load(VALUES + offset);
}

export const CONSTANT_256: usize = 0;
export const CONSTANT_128: usize = 16;
export const CONSTANT_254: usize = 32;
export const CONSTANT_M32768: usize = 48;
export const CONSTANT_127: usize = 64;
export const CONSTANT_M12288: usize = 80;
export const CONSTANT_12288: usize = 96;
export const CONSTANT_255: usize = 112;
export const CONSTANT_384: usize = 128;
export const CONSTANT_192: usize = 144;
export const CONSTANT_15360: usize = 160;
export const CONSTANT_31: usize = 176;
export const CONSTANT_514: usize = 192;
export const CONSTANT_4112: usize = 208;
export const CONSTANT_257: usize = 224;
export const CONSTANT_2048: usize = 240;
export const CONSTANT_16384: usize = 256;
export const CONSTANT_63: usize = 272;
export const CONSTANT_30: usize = 288;
export const CONSTANT_28: usize = 304;
export const CONSTANT_1: usize = 320;
export const CONSTANT_2: usize = 336;
export const CONSTANT_1012: usize = 352;
export const CONSTANT_214: usize = 368;
export const CONSTANT_5792: usize = 384;
export const CONSTANT_1616: usize = 400;
export const CONSTANT_15: usize = 416;
export const CONSTANT_7: usize = 432;
export const CONSTANT_M16384: usize = 448;
export const CONSTANT_16383: usize = 464;
export const CONSTANT_64: usize = 480;
export const CONSTANT_M8191: usize = 496;
export const CONSTANT_8191: usize = 512;
export const CONSTANT_M11776: usize = 528;
export const CONSTANT_544: usize = 544;
export const CONSTANT_5120: usize = 560;
export const CONSTANT_1535: usize = 576;
export const CONSTANT_512: usize = 592;
export const CONSTANT_32: usize = 608;
export const CONSTANT_9: usize = 624;
export const CONSTANT_M8192: usize = 640;
export const CONSTANT_32767: usize = 656;
export const CONSTANT_M192: usize = 672;
export const CONSTANT_M128: usize = 688;
export const CONSTANT_18432: usize = 704;
export const CONSTANT_22528: usize = 720;
export const CONSTANT_M6410: usize = 736;
export const CONSTANT_M2049: usize = 752;
export const CONSTANT_M32: usize = 768;
export const CONSTANT_48: usize = 784;
export const CONSTANT_4032: usize = 800;
export const CONSTANT_16131: usize = 816;
export const CONSTANT_16335: usize = 832;
export const CONSTANT_16433: usize = 848;
export const CONSTANT_16501: usize = 864;
export const CONSTANT_16555: usize = 880;
export const CONSTANT_16604: usize = 896;
export const CONSTANT_16655: usize = 912;
export const CONSTANT_16511: usize = 928;
export const CONSTANT_4128: usize = 944;
export const CONSTANT_10: usize = 960;
