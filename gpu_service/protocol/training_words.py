"""What each setting of training means, and under which heading forms and documents show it."""

RUN, NETWORKS, LEARNING, AUGMENTATION, DEVICE = "Run", "Networks", "Learning", "Augmentation", "Device"
GROUPS = (RUN, NETWORKS, LEARNING, AUGMENTATION, DEVICE)

# name: (heading, what it does), in the order in which they are shown.
WORDS: dict[str, tuple[str, str]] = {
    "size": (RUN, "Pixels a side, a power of two."),
    "kimg": (RUN, "Thousands of pictures shown to the discriminator. It can be made longer while it runs."),
    "snapshot_kimg": (RUN, "A snapshot can be previewed at once. It can be changed while it runs."),
    "tick_kimg": (RUN, "Distance of the points on the curves."),
    "metrics": (
        RUN,
        "Sharpness, diversity and patch distance need nothing. The others take time and a network for features, which "
        "the operator supplies.",
    ),
    "labels": (RUN, "Learns the classes of the pictures, to be chosen from later."),
    "mirror": (RUN, "Shows every picture mirrored as well: twice as many, where left and right may be exchanged."),
    "seed": (RUN, "The same seed, settings and pictures give the same network on the same device."),
    "family": (NETWORKS, "What draws the pictures; the discriminator is the same for all."),
    "channel_base": (
        NETWORKS,
        "A side of 64 pixels has this number divided by 64 maps. Twice as many are about four times the work.",
    ),
    "channel_max": (NETWORKS, "At the small sides, where the line above would give more."),
    "d_channel_base": (NETWORKS, "As for the generator."),
    "d_channel_max": (NETWORKS, "As for the generator."),
    "z_dim": (NETWORKS, "How many numbers of chance a picture is drawn from."),
    "w_dim": (NETWORKS, "How many numbers the space has in which pictures are mixed and moved."),
    "mapping_layers": (NETWORKS, "Layers between z and w: 8 in the papers; 2 learn sooner on few pictures."),
    "conv_clamp": (NETWORKS, "No number in between grows beyond this: half precision needs it. Empty: no clamp."),
    "blur_sigma": (NETWORKS, "StyleGAN3-R's: real and drawn pictures are blurred at first, in pixels."),
    "blur_kimg": (NETWORKS, "How long until that blur is gone."),
    "gamma": (
        LEARNING,
        "How much the discriminator is smoothed around real pictures: less brings detail, too little falls apart. The "
        "first thing to try: half of it, and twice.",
    ),
    "batch": (LEARNING, "Pictures for each step, over all devices."),
    "g_rate": (LEARNING, "Size of a step (Adam)."),
    "d_rate": (LEARNING, "Size of a step (Adam)."),
    "ema_kimg": (LEARNING, "Snapshots hold an average of the generator; this is how fast it forgets."),
    "ema_ramp": (LEARNING, "At the beginning the average forgets faster: after this share of what was shown."),
    "mixing": (LEARNING, "Share of the pictures that are drawn from two vectors, so that rows of w stay independent."),
    "path_weight": (LEARNING, "How much even steps in w are asked to be even steps in the picture. 0: not at all."),
    "path_every": (LEARNING, "The path length term is dear and changes slowly."),
    "r1_every": (LEARNING, "The R1 term is dear and changes slowly."),
    "mbstd_group": (LEARNING, "How many pictures are compared for variety; a divisor of the batch."),
    "freeze_d": (LEARNING, "For fine-tuning: so many of the discriminator's first layers stay as they were."),
    "augment": (
        AUGMENTATION,
        "ADA: as strong as it takes for the pictures not to be learnt by heart. Fixed: always the strength below.",
    ),
    "pipe": (
        AUGMENTATION,
        "b: mirrors, quarter turns, whole pixels. g: zoom and turn. c: colour. f: frequencies. n: noise. c: holes.",
    ),
    "ada_target": (AUGMENTATION, "Share of real pictures the discriminator is sure of, above which strength grows."),
    "ada_kimg": (AUGMENTATION, "How fast the strength may move."),
    "ada_every": (AUGMENTATION, "Over how many steps the signs are averaged."),
    "first_p": (AUGMENTATION, "The strength at the start, or always where it is fixed."),
    "precision": (DEVICE, "Half precision is faster: fp16 on a GPU, bf16 on a CPU that has it. Auto takes it there."),
    "micro_batch": (DEVICE, "Pictures that a device holds at a time; gradients are summed. Empty: as many as fit."),
}
# What a person without a paper at hand wants to see first.
PLAIN = ("size", "kimg", "snapshot_kimg", "metrics", "labels", "mirror", "family", "batch", "gamma", "augment")
