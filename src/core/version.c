/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <freejac/version.h>
#include "version_number.h"

const char *fj_version(void)
{
    return FJ_VERSION;
}
