/* SPDX-License-Identifier: GPL-3.0-or-later */
/* muParser, loaded when the first formula is read: its start (with that of libstdc++ and two more libraries) takes longer than a
 * law, so that whoever has no formula does without. Its interface for C is used. */
#ifndef FJ_ACTIVATION_MUPARSER_H
#define FJ_ACTIVATION_MUPARSER_H

#include <freejac/status.h>
#include <muParserDLL.h>

/* The functions in use: X(name). Types are those of the header. */
#define FJ_MUPARSER_LIST(X)                                                                        \
    X(mupCreate)                                                                                   \
    X(mupRelease)                                                                                  \
    X(mupClearFun)                                                                                 \
    X(mupClearConst)                                                                               \
    X(mupDefineFunUserData1)                                                                       \
    X(mupDefineFunUserData3)                                                                       \
    X(mupDefineMultFunUserData)                                                                    \
    X(mupDefineOprt)                                                                               \
    X(mupDefineInfixOprt)                                                                          \
    X(mupAddValIdent)                                                                              \
    X(mupSetExpr)                                                                                  \
    X(mupEval)                                                                                     \
    X(mupError)                                                                                    \
    X(mupGetErrorPos)

typedef struct fj_muparser_functions {
#define FJ_MUPARSER_MEMBER(name) __typeof__(name) *(name);
    FJ_MUPARSER_LIST(FJ_MUPARSER_MEMBER)
#undef FJ_MUPARSER_MEMBER
} fj_muparser_functions;

/* Loads it unless it is there. Any thread may. FJ_UNREADABLE: it cannot be loaded, or lacks a function; detail says which, and
 * the next call tries again. Cost: a millisecond once. It stays loaded. */
fj_status fj_muparser_load(const fj_muparser_functions **out, fj_detail *detail);

#endif
