/* What numba's code asks of its runtime: blocks of memory with a count of references. One block, freed by its last owner. */

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct block {
    size_t references;
    void (*destroy)(void *, size_t, void *);
    void *of_destroy;
    void *data;
    size_t size;
    void *allocator;
} block;

void *NRT_MemInfo_alloc_aligned(size_t size, uint32_t alignment);
void NRT_MemInfo_call_dtor(void *owned);

/* A block of `size` bytes, aligned to `alignment` (a power of two), with one owner; NULL where there is no memory. */
void *NRT_MemInfo_alloc_aligned(size_t size, uint32_t alignment)
{
    const size_t slack = sizeof(block) + alignment;
    block *made = size <= SIZE_MAX - slack ? malloc(size + slack) : NULL;
    if (made == NULL) {
        return NULL;
    }
    uintptr_t begin = (uintptr_t)(made + 1);
    if (alignment > 1) {
        begin = (begin + alignment - 1) / alignment * alignment;
    }
    made->references = 1;
    made->destroy = NULL;
    made->of_destroy = NULL;
    made->data = (void *)begin;
    made->size = size;
    made->allocator = NULL;
    return made;
}

/* Called when the last owner has gone. */
void NRT_MemInfo_call_dtor(void *owned)
{
    free(owned);
}
