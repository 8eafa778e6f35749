// Every cell of the library, in the order in which they are listed to users.
#pragma once

#include "cells/gru.h"
#include "cells/lstm.h"
#include "cells/minimal.h"
#include "cells/rnn.h"

namespace recur {

template <class... Cells>
struct CellList {};

/// One line a cell: the kernels of every instruction set, the checks and the documentation follow from it.
using AllCells = CellList<Lstm,            //
                          Gru,             //
                          RnnTanh,         //
                          RnnRelu,         //
                          LstmPeephole,    //
                          LstmCoupled,     //
                          GruResetBefore,  //
                          MinGru,          //
                          MinLstm>;

}  // namespace recur
