/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Messages of the statuses, from the list in status.h. */
#include <freejac/status.h>
#include <stdarg.h>
#include <stdio.h>
#include "detail.h"

const char *fj_status_message(fj_status status)
{
    static const char *const messages[] = {
#define FJ_STATUS_MESSAGE(name, message) message,
        FJ_STATUS_LIST(FJ_STATUS_MESSAGE)
#undef FJ_STATUS_MESSAGE
    };
    if ((unsigned)status >= FJ_STATUS_COUNT)
        return "unknown status";
    return messages[status];
}

fj_status fj_fail(fj_detail *detail, fj_status status, const char *format, ...)
{
    if (detail) {
        va_list args;
        va_start(args, format);
        vsnprintf(detail->text, sizeof detail->text, format, args);
        va_end(args);
    }
    return status;
}
