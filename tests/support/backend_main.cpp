// SPDX-License-Identifier: MIT
#include "support/scripts.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <sys/prctl.h>
#include <unistd.h>

// A backend to kill: reverxy_test_backend PORT listens on a port that the test holds, and answers as Load expects.

int main(int argc, char** argv) {
    using namespace reverxy::test;
    if (argc != 2) {
        std::fputs("usage: reverxy_test_backend PORT\n", stderr);
        return 2;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL); // a test that is killed leaves nobody behind
    Origin::Options options;
    options.record = false;
    options.port = static_cast<uint16_t>(std::atoi(argv[1]));
    const Origin origin(loadOrigin(), options);
    for (;;)
        ::pause();
}
