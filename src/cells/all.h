// Every cell of the library, in the order in which they are listed to users.
#pragma once

#include "cells/gru.h"
#include "cells/lstm.h"
#include "cells/minimal.h"
#include "cells/rnn.h"

namespace recur {

template <class... Cells>
struct CellList {};

#ifdef RECUR_CELLS  // a program that embeds one model needs but its cell (recur_only_cells)
using AllCells = CellList<RECUR_CELLS>;
#else
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
#endif

}  // namespace recur
